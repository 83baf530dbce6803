import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hasBrowser, openBrowser, Visit, whyNot } from './support/visit.ts';

describe.skipIf(!hasBrowser)(`work in the dashboard${whyNot}`, () => {
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

  it('takes dropped files, and shows the same frame before and after at full size', async () => {
    await visit.drop(join(visit.user.clips, 'beach.mp4'), join(visit.user.clips, 'notes.txt'));
    const uploads = visit.page.getByRole('list', { name: 'Uploads' });
    await uploads.locator('[data-state=there]', { hasText: 'beach.mp4' }).waitFor();
    expect(await uploads.getByRole('alert').textContent()).toContain('“notes.txt” is not a video file');
    await visit.page.getByText('192×108 → 384×216 · 25 frames').waitFor();
    await visit.page.getByRole('button', { name: 'Upscale', exact: true }).click();
    await visit.row('beach.mp4', 'succeeded').waitFor({ timeout: 60_000 });
    await visit.page.getByRole('button', { name: 'beach.mp4', exact: true }).click();
    await visit.page.getByRole('button', { name: 'Compare' }).click();
    const dialog = visit.page.getByRole('dialog', { name: 'Before and after: beach.mp4' });
    await dialog.getByRole('img', { name: 'After' }).waitFor();
    const { before, after, difference } = await dialog.evaluate(comparePictures);
    expect([before, after]).toEqual([
      [192, 108],
      [384, 216],
    ]);
    // The same picture, but not the same pixels: test patterns differ at their edges.
    expect(difference).toBeGreaterThan(0.2);
    expect(difference).toBeLessThan(20);
    await dialog.getByRole('slider', { name: 'Divider' }).press('Home');
    expect(await dialog.locator('.compare-divider').evaluate((line) => line.style.left)).toBe('0%');
    await visit.page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    const download = visit.page.waitForEvent('download');
    await visit.page.getByRole('link', { name: 'Download' }).click();
    expect((await download).suggestedFilename()).toBe('beach_uprez_2x_fast.mov');
    expect(visit.complaints).toEqual([]);
  });

  it('changes settings for everybody, and every control has a name', async () => {
    const controls = /^\s*- (button|textbox|combobox|checkbox|slider|spinbutton|tab|link)(?:$|:| \[)/m;
    for (const tab of ['Queue', 'Models', 'Statistics', 'Settings']) {
      await visit.page.getByRole('tab', { name: tab }).click();
      await visit.page.getByRole('tabpanel', { name: tab }).waitFor();
      expect(controls.exec(await visit.page.getByRole('main').ariaSnapshot())?.[0]).toBeUndefined();
    }
    await visit.page.getByLabel('Theme').selectOption('light');
    await visit.page.locator('body.theme-light').waitFor();
    await visit.page.getByLabel('Folder for results').fill(join(visit.user.clips, 'results'));
    await visit.page.getByLabel('Folder for results').press('Enter');
    await visit.page.getByLabel('Credits a job may cost without asking').fill('12');
    await visit.page.getByLabel('Disable clips').check();
    await expect.poll(async () => (await visit.user.types('settings')).stdout).toContain('disableOriginal = true');
    const kept = (await visit.user.types('settings')).stdout;
    expect(kept).toContain(`outputFolder = ${join(visit.user.clips, 'results')}`);
    expect(kept).toMatch(/theme = light[\s\S]*spendPerJob = 12/);
    expect(visit.complaints).toEqual([]);
  });

  it('can be used without a mouse', async () => {
    await visit.page.getByRole('button', { name: 'Pause queue' }).click();
    await visit.page.getByRole('tab', { name: 'Queue' }).focus();
    await visit.page.keyboard.press('ArrowRight');
    expect(await visit.focused()).toBe('Models');
    await visit.page.keyboard.press('ArrowLeft');
    await visit.tabTo('Path of the clip');
    await visit.page.keyboard.type(join(visit.user.clips, 'beach.mp4'));
    await visit.tabTo('Scale');
    await visit.page.keyboard.press('ArrowDown');
    await visit.tabTo('Upscale');
    await visit.page.keyboard.press('Enter');
    await visit.row('beach.mp4', 'queued').waitFor();
    expect(await visit.row('beach.mp4', 'queued').textContent()).toContain('768×432 · 4x fast');
    await visit.tabTo('More for beach.mp4');
    await visit.page.keyboard.press('Enter');
    await visit.page.getByRole('menu').waitFor();
    expect(await visit.focused()).toBe('Cancel');
    await visit.page.keyboard.press('Escape');
    expect(await visit.focused()).toBe('More for beach.mp4');
    await visit.page.keyboard.press('Enter');
    await visit.page.keyboard.press('Enter');
    await visit.row('beach.mp4', 'cancelled').waitFor();
    expect(visit.complaints).toEqual([]);
  });
});

/** Sizes of the two pictures, and by how many codes their pixels differ on average at the larger one's size. */
function comparePictures(dialog: Element): { before: number[]; after: number[]; difference: number } {
  const [before, after] = [...dialog.querySelectorAll('img')] as [HTMLImageElement, HTMLImageElement];
  const { naturalWidth: width, naturalHeight: height } = after;
  const pixels = (image: HTMLImageElement): Uint8ClampedArray => {
    const context = new OffscreenCanvas(width, height).getContext('2d')!;
    context.drawImage(image, 0, 0, width, height);
    return context.getImageData(0, 0, width, height).data;
  };
  const [a, b] = [pixels(before), pixels(after)];
  const difference = a.reduce((sum, code, i) => sum + Math.abs(code - b[i]!), 0) / a.length;
  return { before: [before.naturalWidth, before.naturalHeight], after: [width, height], difference };
}
