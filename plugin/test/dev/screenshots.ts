import { rmSync } from 'node:fs';
import { appendFile, copyFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Locator, Page } from 'playwright-core';
import { clip } from '../../../daemon/test/support/clips.ts';
import { type TempDir, tempDir } from '../../../daemon/test/support/temp-dir.ts';
import { type Command, User } from '../../../daemon/test/support/uprez.ts';
import { profiles } from '../support/emulator/profile.ts';
import type { ProjectRecord } from '../support/emulator/records.ts';
import { Premiere, startBrowser } from '../support/premiere.ts';
import { clipOf, emptySequence, itemOf, mediaRecord, projectOf } from '../support/scene.ts';

/*
 * `npm run screenshots`: the pictures of the README, taken of the built product at work. The panel runs in the emulator of
 * Premiere that its tests use, the dashboard in the browser; both with a real daemon that upscales real clips.
 */

const folder = fileURLToPath(new URL('../../../docs/images/', import.meta.url));
const profile = '26.5';
/** A panel is narrow enough to be shown in detail. */
const PANEL_PIXELS = 2;

/** A home folder with a daemon, and the clips that are in the pictures. */
class Desk implements Disposable {
  readonly home: TempDir = tempDir();
  readonly user = new User();
  /** Its path is in the pictures. */
  private readonly clips = join(tmpdir(), 'Film');
  private readonly variables = { UPREZ_DATA_DIR: this.home.file('Library', 'Application Support', 'Uprez') };
  private daemon: Command | undefined;

  file(name: string): string {
    return join(this.clips, name);
  }

  async open(): Promise<void> {
    await this.makeClips();
    await mkdir(this.variables.UPREZ_DATA_DIR, { recursive: true });
    this.daemon = this.user.starts(['serve'], this.variables);
    await this.daemon.says(/http:\S+\n/);
  }

  async link(): Promise<string> {
    return (await this.user.starts(['serve'], this.variables).ended).stdout.trim();
  }

  private async makeClips(): Promise<void> {
    await mkdir(this.clips);
    const fractal = { picture: 'mandelbrot', width: 640, height: 360, extra: ['-crf', '31'] } as const;
    const bars = { picture: 'smptebars', codec: 'prores', extension: '.mov', pixelFormat: 'yuv422p10le' } as const;
    await copyFile(await clip({ ...fractal, color: 'bt601', frames: 120 }), this.file('fractal zoom.mp4'));
    await copyFile(await clip({ ...bars, color: 'bt601', frames: 50 }), this.file('colour bars.mov'));
    const chart = { width: 640, height: 360, color: 'bt601', frames: 250 } as const;
    await copyFile(await clip(chart), this.file('test chart, camera B.mp4'));
  }

  [Symbol.dispose](): void {
    rmSync(this.clips, { recursive: true, force: true });
    this.user[Symbol.dispose]();
    this.home[Symbol.dispose]();
  }
}

async function film(desk: Desk): Promise<ProjectRecord> {
  const { points } = profiles[profile];
  const names = ['fractal zoom.mp4', 'colour bars.mov', 'test chart, camera B.mp4'];
  const items = await Promise.all(names.map(async (name) => itemOf(name, await mediaRecord(desk.file(name)))));
  const [fractal, bars, chart] = items as [(typeof items)[0], (typeof items)[0], (typeof items)[0]];
  const sequence = { ...emptySequence('Film', 2), width: 1280, height: 720 };
  sequence.video[0] = [
    clipOf(sequence, { uid: 'fractal', item: fractal, at: 0, length: 90, from: 10, points }),
    clipOf(sequence, { uid: 'bars', item: bars, at: 90, length: 40, from: 0, points }),
    clipOf(sequence, { uid: 'chart', item: chart, at: 130, length: 200, from: 20, points }),
  ];
  return projectOf('Film', items, [sequence]);
}

async function photographPanel(browser: Browser, desk: Desk): Promise<void> {
  const projects = [await film(desk)];
  await using premiere = await Premiere.open(browser, desk.home.path, {
    profile,
    seed: 1,
    projects,
    pixels: PANEL_PIXELS,
  });
  const { panel, page } = premiere;
  const shoot = async (name: string): Promise<void> => {
    // The ring around what was pressed last says nothing in a picture.
    await page.evaluate(() => {
      const focused = document.querySelector('iframe')?.contentDocument?.activeElement;
      if (focused && 'blur' in focused && typeof focused.blur === 'function') focused.blur();
    });
    await page.mouse.move(0, 0);
    await page.screenshot({ path: join(folder, `panel-${name}.png`) });
  };
  const upscale = panel.getByRole('button', { name: 'Upscale', exact: true });

  await premiere.select('fractal', 'bars');
  await panel.getByText(/^up to .* frames/).waitFor({ timeout: 120_000 });
  await shoot('idle');

  await upscale.click();
  await panel.getByText(/frame [1-9]\d*\/\d+ · [\d.]+ fps/).waitFor({ timeout: 120_000 });
  await pictures(panel.locator('.job'));
  await shoot('working');

  await panel.locator('[data-state=succeeded]').nth(1).getByText('On the timeline').waitFor({ timeout: 120_000 });
  await premiere.select();
  await panel.getByRole('button', { name: 'fractal zoom.mp4', exact: true }).click();
  for (const name of ['Before', 'After']) await panel.getByRole('img', { name }).waitFor();
  await pictures(panel.locator('.job'));
  await shoot('done');

  await panel.getByRole('button', { name: 'fractal zoom.mp4', exact: true }).click();
  await panel.getByRole('button', { name: 'Pause queue' }).click();
  await premiere.select('chart');
  await upscale.click();
  await panel.locator('[data-state=queued]').waitFor();
  // Somebody exports the clip again while its job waits.
  await appendFile(desk.file('test chart, camera B.mp4'), 'more');
  await panel.getByRole('button', { name: 'Resume queue' }).click();
  await panel.locator('[data-state=failed]').waitFor({ timeout: 60_000 });
  await shoot('error');
}

async function photographDashboard(browser: Browser, desk: Desk): Promise<void> {
  const context = await browser.newContext({ viewport: { width: 1180, height: 680 } });
  const page = await context.newPage();
  await page.goto(await desk.link());
  const shoot = (name: string): Promise<unknown> => page.screenshot({ path: join(folder, `dashboard-${name}.png`) });
  await page.getByLabel('Path of the clip').fill(desk.file('fractal zoom.mp4'));
  await page.getByLabel('Scale').selectOption('4');
  await page.getByRole('button', { name: 'Upscale', exact: true }).click();
  await page.getByLabel('Path of the clip').fill(desk.file('colour bars.mov'));
  await page.getByText(/→ .* frames/).waitFor({ timeout: 120_000 });
  await page.getByText(/frame [1-9]\d*\/\d+ · [\d.]+ fps/).waitFor({ timeout: 120_000 });
  await page.locator('[data-state=succeeded]', { hasText: 'fractal zoom.mp4' }).locator('.name').click();
  for (const name of ['Before', 'After']) await page.getByRole('img', { name }).waitFor();
  await pictures(page.locator('.job'));
  await shoot('queue');

  await page.getByRole('button', { name: 'Compare' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('slider', { name: 'Frame' }).fill('80');
  await page.waitForTimeout(400);
  await dialog.getByRole('img', { name: 'After' }).waitFor({ timeout: 60_000 });
  await decoded(page);
  await dialog.focus();
  await shoot('before-after');
  await context.close();
}

/** Every row has its picture. */
async function pictures(rows: Locator): Promise<void> {
  for (const row of await rows.all()) await row.locator('img').first().waitFor({ timeout: 60_000 });
}

async function decoded(page: Page): Promise<void> {
  await page.evaluate(() => Promise.all([...document.images].map((image) => image.decode())));
}

await mkdir(folder, { recursive: true });
const browser = await startBrowser(process.env['CHROME_PATH'] ?? '');
using desk = new Desk();
await desk.open();
await photographPanel(browser, desk);
await photographDashboard(browser, desk);
await browser.close();
