import { createServer } from 'node:net';
import { PORTS } from '@uprez/shared';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Chance, chosenSeed } from '../../daemon/test/support/chance.ts';
import { tempDir } from '../../daemon/test/support/temp-dir.ts';
import { type ProfileName, profiles } from './support/emulator/profile.ts';
import type { ProjectRecord } from './support/emulator/records.ts';
import { placedClips, shown, without } from './support/placed.ts';
import { startBrowser, timelines } from './support/premiere.ts';
import { Studio } from './support/studio.ts';

const executablePath = process.env['CHROME_PATH'];
const why = executablePath ? '' : ' (skipped: no Chromium or Chrome found; set CHROME_PATH)';
/** Reloads of the panel; more of them by hand. */
const RELOADS = Number(process.env['UPREZ_TEST_RELOADS'] ?? 20);
/** About as many calls as a panel needs from its start to the end of a delivery. */
const CALLS = 700;

const three = ['beach-1', 'beach-2', 'town'] as const;
const everything = [
  [2, { at: 20, length: 15, source: 5 }],
  [1, { at: 35, length: 18, source: 12 }],
  [1, { at: 53, length: 10, source: 3 }],
];

const found = (before: ProjectRecord, after: ProjectRecord) =>
  placedClips(before, after).map(({ track, clip }) => [track, shown(after, clip)]);

/** Names of everything in bins. */
const results = ({ items }: ProjectRecord): string[] =>
  Object.values(items)
    .filter(({ parent, kind }) => parent !== null && kind === 'clip')
    .map(({ name }) => name);

describe.skipIf(!executablePath)(`results come home whatever happens${why}`, () => {
  let browser: Browser;
  let studio: Studio;

  beforeAll(async () => {
    browser = await startBrowser(executablePath ?? '');
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    studio = await Studio.open();
  });
  afterEach(() => studio[Symbol.dispose]());

  it('the panel is loaded anew at twenty random moments: everything is placed, and nothing twice', async () => {
    const seed = chosenSeed();
    // Two workplaces at once: a panel that comes to rest needs time rather than a processor.
    const reloads = await Promise.all([0, 1].map((place) => reloadAtRandom(browser, seed + place, RELOADS / 2)));
    expect(reloads.reduce((sum, each) => sum + each, 0)).toBeGreaterThanOrEqual(RELOADS);
  }, 600_000);

  it('the daemon is killed, Premiere closed, and another project in front: the results wait for their own', async () => {
    let saved: ProjectRecord;
    {
      await using premiere = await studio.premiere(browser, '26.5');
      saved = await premiere.project('film');
      await studio.change({ paused: true });
      await premiere.upscale(...three);
      await studio.queued(2);
      await studio.restartDaemon();
      // The panel finds the next one by itself, and the jobs with it.
      await premiere.panel.locator('[data-state=queued]').nth(1).waitFor();
    }
    await using premiere = await studio.premiere(browser, '26.5', { front: 'other' });
    const other = await premiere.project('other');
    await studio.change({ paused: false });
    await studio.succeeded(2);
    await premiere.rest();
    expect(await premiere.project('film')).toEqual(saved);
    await premiere.ask((running) => running.open('film'), null);
    await studio.delivered(2);
    expect(found(saved, await premiere.project('film'))).toEqual(everything);
    expect(await premiere.project('other')).toEqual(other);
  });

  it('without the endpoint file the panel asks for a code, once', async () => {
    using elsewhere = tempDir();
    await studio.restartDaemon({ UPREZ_PORT: String(await freePort()) });
    await using premiere = await studio.premiere(browser, '26.3', { home: elsewhere.path });
    const client = await studio.client();
    const { code } = await client.call('offerPairing', {});
    await premiere.panel.getByLabel('Six-digit code').fill(code);
    await premiere.panel.getByRole('button', { name: 'Pair' }).click();
    await premiere.panel.getByLabel('Six-digit code').waitFor({ state: 'hidden' });
    const seen = async (): Promise<number> => (await client.call('listPairings', {}))[0]?.lastSeenAt ?? 0;
    const first = await seen();
    expect(first).toBeGreaterThan(0);
    await premiere.loadPanel();
    await expect.poll(seen, { timeout: 30_000 }).toBeGreaterThan(first);
    expect(await premiere.panel.getByLabel('Six-digit code').count()).toBe(0);
    client.close();
  });
});

/** The first of the fixed ports that nobody listens at: there may be a daemon of somebody's own. */
async function freePort(): Promise<number> {
  for (const port of PORTS) {
    const server = createServer();
    const free = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true));
    });
    await new Promise((resolve) => server.close(resolve));
    if (free) return port;
  }
  throw new Error('all fixed ports are taken');
}

/** Delivers results to panels that are loaded anew in the middle of it, until that was done so often. Resolves with how often. */
async function reloadAtRandom(browser: Browser, seed: number, wanted: number): Promise<number> {
  using studio = await Studio.open();
  const chance = new Chance(seed);
  const names = Object.keys(profiles) as ProfileName[];
  let reloads = 0;
  for (let round = 1; reloads < wanted; round++) {
    const told = `seed ${seed}, round ${round}`;
    await using premiere = await studio.premiere(browser, names[(seed + round) % names.length] ?? '26.3');
    const before = await premiere.project('film');
    await premiere.upscale('beach-1', 'beach-2');
    await studio.queued(round);
    await premiere.loadPanel();
    await premiere.closePanel();
    await studio.succeeded(round);
    // All of it happens now: a panel that starts finds the result waiting. The first one is gone while it imports.
    await premiere.loadPanel();
    await premiere.ask((running) => running.importAsked(), null);
    await premiere.loadPanel();
    reloads += 1;
    while (!(await premiere.isFramed())) {
      const counts = Array.from({ length: 20 }, () => Math.floor(chance.fraction() * CALLS));
      reloads += await premiere.ask((running, calls) => running.reload(calls), counts);
    }
    await premiere.loadPanel();
    await studio.delivered(round);
    const after = await premiere.project('film');
    expect(found(before, after), told).toEqual(everything.slice(0, 2));
    expect(timelines(without(after, placedClips(before, after))), told).toEqual(timelines(before));
    expect(results(after), told).toHaveLength(1);
    expect(await premiere.complaintsOfHost(), told).toEqual([]);
  }
  return reloads;
}
