import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { clip } from '../../daemon/test/support/clips.ts';
import { type Command, User } from '../../daemon/test/support/uprez.ts';

const executablePath = process.env['CHROME_PATH'];
const why = executablePath ? '' : ' (skipped: no Chromium or Chrome found; set CHROME_PATH)';

describe.skipIf(!executablePath)(`the dashboard in a browser${why}`, () => {
  let browser: Browser;
  let user: User;
  let daemon: Command;
  let context: BrowserContext;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    // Chromium's sandbox can't be used by root, which tests in containers run as.
    const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    browser = await chromium.launch({ executablePath: executablePath ?? '', args });
  });
  afterAll(() => browser.close());

  beforeEach(async () => {
    user = new User();
    await copyFile(await clip(), join(user.clips, 'beach.mp4'));
    await copyFile(await clip({ frames: 300, width: 320, height: 180 }), join(user.clips, 'long.mp4'));
    daemon = user.starts(['serve']);
    context = await browser.newContext({ viewport: { width: 900, height: 500 } });
    page = await context.newPage();
    complaints = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    await page.goto(await link());
  });
  afterEach(async () => {
    await context.close();
    user[Symbol.dispose]();
  });

  const link = async (): Promise<string> => {
    await daemon.says(/http:\S+\n/);
    return (await user.types('serve')).stdout.trim();
  };
  const add = async (path: string): Promise<void> => {
    await page.getByLabel('Path of the clip').fill(path);
    await page.getByRole('button', { name: 'Upscale' }).click();
  };
  const row = (name: string, state: string) => page.locator(`[data-state=${state}]`, { hasText: name });

  it('takes a clip by its path, shows how far it is and where the result lies', async () => {
    await add(join(user.clips, 'beach.mp4'));
    await row('beach.mp4', 'succeeded').waitFor({ timeout: 60_000 });
    expect(await row('beach.mp4', 'succeeded').textContent()).toContain(join(user.clips, 'beach_uprez_2x_fast.mov'));
    expect(complaints).toEqual([]);
  });

  it('says what is wrong with a clip and what to do', async () => {
    await add(join(user.clips, 'nowhere.mp4'));
    const notice = page.getByRole('alert');
    await notice.waitFor();
    expect(await notice.textContent()).toBe('“nowhere.mp4” does not exist. Check the path, or relink the clip.');
    expect(complaints).toEqual([]);
  });

  it('cancels a running job, retries it, and offers only what can be done', async () => {
    await add(join(user.clips, 'long.mp4'));
    const running = row('long.mp4', 'running');
    await running.getByText(/frame \d+\/300/).waitFor({ timeout: 60_000 });
    await running.getByRole('button', { name: 'Cancel' }).click();
    const cancelled = row('long.mp4', 'cancelled');
    await cancelled.waitFor({ timeout: 60_000 });
    expect(await cancelled.getByRole('button').allTextContents()).toEqual(['Retry', 'Remove']);
    await cancelled.getByRole('button', { name: 'Retry' }).click();
    await row('long.mp4', 'running').waitFor({ timeout: 60_000 });
    await row('long.mp4', 'running').getByRole('button', { name: 'Cancel' }).click();
    await cancelled.getByRole('button', { name: 'Remove' }).click({ timeout: 60_000 });
    await page.getByText('No jobs yet.').waitFor();
  });

  it('shows what other clients do, and pauses the queue for all', async () => {
    await page.getByRole('button', { name: 'Pause queue' }).click();
    await page.getByRole('button', { name: 'Resume queue' }).waitFor();
    await user.types('upscale', 'beach.mp4', '--detach');
    await row('beach.mp4', 'queued').waitFor();
    expect(await page.getByText('1 to do, paused').count()).toBe(1);
    await page.getByRole('button', { name: 'Resume queue' }).click();
    await row('beach.mp4', 'succeeded').waitFor({ timeout: 60_000 });
  });

  it('says that the daemon is gone and that the jobs are not lost', async () => {
    await page.getByText('No jobs yet.').waitFor();
    expect((await user.types('stop')).code).toBe(0);
    await daemon.ended;
    await page.getByRole('alert').getByText('The connection to the daemon was lost.').waitFor();
  });

  it('opens a link only once', async () => {
    const once = await link();
    const stranger = await browser.newContext();
    const first = await stranger.newPage();
    expect((await first.goto(once))?.status()).toBe(200);
    const other = await browser.newContext();
    expect((await (await other.newPage()).goto(once))?.ok()).toBe(false);
    await Promise.all([stranger.close(), other.close()]);
  });
});
