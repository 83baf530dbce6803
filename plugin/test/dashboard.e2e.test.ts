import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hasBrowser, openBrowser, Visit, whyNot } from './support/visit.ts';

describe.skipIf(!hasBrowser)(`the dashboard in a browser${whyNot}`, () => {
  let browser: Browser;
  let visit: Visit;

  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    visit = await Visit.begin(browser);
  });
  afterEach(() => visit.end());

  it('takes a clip by its path, shows how far it is and where the result lies', async () => {
    await visit.add(join(visit.user.clips, 'beach.mp4'));
    await visit.row('beach.mp4', 'succeeded').waitFor({ timeout: 60_000 });
    await visit.page.getByRole('button', { name: 'beach.mp4', exact: true }).click();
    const details = visit.page.getByRole('region', { name: 'Details of beach.mp4' });
    await details.getByText(join(visit.user.clips, 'beach_uprez_2x_fast.mov')).waitFor();
    expect(await details.textContent()).toMatch(/192×108.*384×216 · 25 frames.*\d+ checks passed/);
    await details.getByRole('button', { name: /^Show the log/ }).click();
    await details.getByRole('list', { name: 'Log' }).getByRole('listitem').first().waitFor();
    expect(visit.complaints).toEqual([]);
  });

  it('says what is wrong with a clip and what to do', async () => {
    await visit.add(join(visit.user.clips, 'nowhere.mp4'));
    const notice = visit.page.getByRole('alert');
    await notice.waitFor();
    expect(await notice.textContent()).toBe('“nowhere.mp4” does not exist. Check the path, or relink the clip.');
    expect(visit.complaints).toEqual([]);
  });

  it('cancels a running job, retries it, and offers only what can be done', async () => {
    await visit.add(join(visit.user.clips, 'long.mp4'));
    const running = visit.row('long.mp4', 'running');
    await running.getByText(/frame \d+\/300/).waitFor({ timeout: 60_000 });
    await running.getByRole('button', { name: 'Cancel' }).click();
    const cancelled = visit.row('long.mp4', 'cancelled');
    await cancelled.waitFor({ timeout: 60_000 });
    expect(await cancelled.getByRole('button').allTextContents()).toEqual(['long.mp4', '⋯', 'Retry', 'Remove']);
    await cancelled.getByRole('button', { name: 'Retry' }).click();
    await visit.row('long.mp4', 'running').waitFor({ timeout: 60_000 });
    await visit.row('long.mp4', 'running').getByRole('button', { name: 'Cancel' }).click();
    await cancelled.getByRole('button', { name: 'Remove' }).click({ timeout: 60_000 });
    await visit.page.getByText('No jobs yet.').waitFor();
  });

  it('shows what other clients do, and pauses the queue for all', async () => {
    await visit.page.getByRole('button', { name: 'Pause queue' }).click();
    await visit.page.getByRole('button', { name: 'Resume queue' }).waitFor();
    await visit.user.types('upscale', 'beach.mp4', '--detach');
    await visit.row('beach.mp4', 'queued').waitFor();
    expect(await visit.page.getByText('1 to do, paused').count()).toBe(1);
    await visit.page.getByRole('button', { name: 'Resume queue' }).click();
    await visit.row('beach.mp4', 'succeeded').waitFor({ timeout: 60_000 });
  });

  it('says that the daemon is gone and that the jobs are not lost', async () => {
    await visit.page.getByText('No jobs yet.').waitFor();
    expect((await visit.user.types('stop')).code).toBe(0);
    await visit.daemon.ended;
    await visit.page.getByRole('alert').getByText('The connection to the daemon was lost.').waitFor();
  });

  it('opens a link only once', async () => {
    const once = await visit.link();
    const stranger = await browser.newContext();
    const first = await stranger.newPage();
    expect((await first.goto(once))?.status()).toBe(200);
    const other = await browser.newContext();
    expect((await (await other.newPage()).goto(once))?.ok()).toBe(false);
    await Promise.all([stranger.close(), other.close()]);
  });
});
