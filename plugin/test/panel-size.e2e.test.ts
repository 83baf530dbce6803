import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tempDir } from '../../daemon/test/support/temp-dir.ts';
import { source } from './support/desk.ts';
import { Premiere, startBrowser } from './support/premiere.ts';
import { clipOf, emptySequence, itemOf, projectOf } from './support/scene.ts';

const executablePath = process.env['CHROME_PATH'];
const why = executablePath ? '' : ' (skipped: no Chromium or Chrome found; set CHROME_PATH)';

/** 500 clips of 50 files. */
function longFilm() {
  const items = Array.from({ length: 50 }, (_, i) => itemOf(`item-${i}`, { ...source, path: `/media/${i}.mov` }));
  const sequence = emptySequence('cut', 3);
  for (let i = 0; i < 500; i++) {
    const item = items[i % items.length];
    if (!item) continue;
    const place = { at: Math.floor(i / 2) * 20, length: 20, from: 5 };
    sequence.video[i % 2]?.push(clipOf(sequence, { uid: `clip-${i}`, item, points: 'pixels', ...place }));
  }
  return projectOf('film', items, [sequence]);
}

describe.skipIf(!executablePath)(`a long film${why}`, () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await startBrowser(executablePath ?? '');
  });
  afterAll(() => browser.close());

  it('32 of 500 clips are shown 150 ms after they were selected, by the clock of the host', async () => {
    using home = tempDir();
    await using premiere = await Premiere.open(browser, home.path, {
      profile: '26.3',
      seed: 1,
      projects: [longFilm()],
    });
    await premiere.panel.getByText('Nothing selected').waitFor();
    const ms = await premiere.ask((running) => {
      const uids = Array.from({ length: 32 }, (_, i) => `clip-${i * 7}`);
      return running.timeToShow(uids, (text) => text.includes('32 selected'));
    }, null);
    expect(ms).toBeLessThan(150);
  });

  it('a thousand changes of the selection leave nothing behind', async () => {
    using home = tempDir();
    await using premiere = await Premiere.open(browser, home.path, {
      profile: '26.3',
      seed: 1,
      projects: [longFilm()],
    });
    await premiere.panel.getByText('Nothing selected').waitFor();
    const changes = (count: number): Promise<number> =>
      premiere.ask(async (running, times) => {
        for (let i = 0; i < times; i++) {
          const size = 1 + (i % 3);
          const uids = Array.from({ length: size }, (_, k) => `clip-${(i * 11 + k) % 500}`);
          await running.timeToShow(uids, (text) => text.includes(`${size} selected`));
        }
        return running.stage.listeners.length;
      }, count);
    const listeners = await changes(100);
    const before = await premiere.heapBytes();
    expect(await changes(1000)).toBe(listeners);
    // React and V8 keep what they like for a while; a leak of one selection a change would be ten times as much.
    expect((await premiere.heapBytes()) - before).toBeLessThan(1_500_000);
  });
});
