import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ProfileName, profiles } from './support/emulator/profile.ts';
import { startBrowser, timelines } from './support/premiere.ts';
import { framingDrift, placedClips, shown, without } from './support/placed.ts';
import { Studio } from './support/studio.ts';

const executablePath = process.env['CHROME_PATH'];
const why = executablePath ? '' : ' (skipped: no Chromium or Chrome found; set CHROME_PATH)';

describe.skipIf(!executablePath)(`the panel in Premiere${why}`, () => {
  let browser: Browser;
  let studio: Studio;

  beforeAll(async () => {
    browser = await startBrowser(executablePath ?? '');
    studio = await Studio.open();
  });
  afterAll(async () => {
    await browser.close();
    studio[Symbol.dispose]();
  });

  it.each(Object.keys(profiles) as ProfileName[])(
    'upscales three clips of two files and places each over its original, in Premiere %s',
    async (profile) => {
      await using premiere = await studio.premiere(browser, profile);
      const before = await premiere.project('film');
      await premiere.upscale('beach-1', 'beach-2', 'town');
      const count = 2 * (Object.keys(profiles).indexOf(profile) + 1);
      const jobs = await studio.delivered(count);
      expect(jobs.slice(-2).map(({ task }) => task.range)).toEqual([
        { from: 5, to: 30 },
        { from: 3, to: 15 },
      ]);
      const after = await premiere.project('film');
      const placed = placedClips(before, after);
      expect(placed.map(({ track, clip }) => [track, shown(after, clip)])).toEqual([
        // Above the clip that is switched off, on a track that there was not.
        [2, { at: 20, length: 15, source: 5 }],
        [1, { at: 35, length: 18, source: 12 }],
        [1, { at: 53, length: 10, source: 3 }],
      ]);
      for (const { clip, original } of placed) expect(framingDrift(after, { clip, original, profile })).toBeLessThan(1);
      expect(timelines(without(after, placed))).toEqual(timelines(before));
      const steps = await premiere.undoAll();
      expect(new Set(steps)).toEqual(
        new Set(['Uprez: match framing', 'Uprez: place clips', 'Uprez: prepare clips', 'Uprez: make bin']),
      );
      expect(timelines(await premiere.project('film'))).toEqual(timelines(before));
      await premiere.redoAll();
      expect(timelines(await premiere.project('film'))).toEqual(timelines(after));
      expect(await premiere.complaintsOfHost()).toEqual([]);
    },
  );

  it('looks like Premiere, and obeys its menus', async () => {
    await using premiere = await studio.premiere(browser, '26.5');
    await studio.change({ paused: true });
    for (const theme of ['light', 'dark', 'darkest']) {
      await premiere.ask((running, name) => running.page?.choose(name), theme);
      await premiere.panel.locator(`body.theme-${theme}`).waitFor();
    }
    await premiere.select('town');
    await premiere.panel.getByText('1 selected').waitFor();
    await premiere.ask((running) => running.runCommand(), null);
    const earlier = 2 * Object.keys(profiles).length;
    await studio.queued(earlier + 1);
    await premiere.select('beach-1', 'beach-2');
    await premiere.panel.getByText('2 selected').waitFor();
    await premiere.ask((running) => running.invokeMenu('flat'), null);
    await studio.queued(earlier + 2);
    expect(await premiere.ask(({ stage }) => stage.opened, null)).toEqual(['uprez.panel']);
    expect(await premiere.complaintsOfHost()).toEqual([]);
  });
});
