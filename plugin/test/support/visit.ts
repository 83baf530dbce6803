import { existsSync, readFileSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { clip } from '../../../daemon/test/support/clips.ts';
import { type Command, User } from '../../../daemon/test/support/uprez.ts';

const executablePath = process.env['CHROME_PATH'];
export const hasBrowser = executablePath !== undefined && executablePath !== '';
export const whyNot = hasBrowser ? '' : ' (skipped: no Chromium or Chrome found; set CHROME_PATH)';

export function openBrowser(): Promise<Browser> {
  // Chromium's sandbox can't be used by root, which tests in containers run as.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath: executablePath ?? '', args });
}

/** Somebody with a daemon and two clips who looks at the dashboard: `beach.mp4` is short, `long.mp4` takes its time. */
export class Visit {
  readonly user: User;
  readonly daemon: Command;
  readonly page: Page;
  /** Whatever the page's console had to complain about. */
  readonly complaints: readonly string[];
  private readonly context: BrowserContext;

  private constructor(parts: Pick<Visit, 'user' | 'daemon' | 'page' | 'complaints'> & { context: BrowserContext }) {
    this.user = parts.user;
    this.daemon = parts.daemon;
    this.page = parts.page;
    this.complaints = parts.complaints;
    this.context = parts.context;
  }

  static async begin(browser: Browser): Promise<Visit> {
    const user = new User();
    await copyFile(await clip(), join(user.clips, 'beach.mp4'));
    await copyFile(await clip({ frames: 300, width: 320, height: 180 }), join(user.clips, 'long.mp4'));
    const daemon = user.starts(['serve']);
    const context = await browser.newContext({ viewport: { width: 900, height: 500 } });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    const visit = new Visit({ user, daemon, page, complaints, context });
    await page.goto(await visit.link());
    return visit;
  }

  async end(): Promise<void> {
    await this.context.close();
    this.user[Symbol.dispose]();
  }

  /** A link to the dashboard that nobody has used. */
  async link(): Promise<string> {
    await this.daemon.says(/http:\S+\n/);
    return (await this.user.types('serve')).stdout.trim();
  }

  async add(path: string): Promise<void> {
    await this.page.getByLabel('Path of the clip').fill(path);
    await this.page.getByRole('button', { name: 'Upscale', exact: true }).click();
  }

  row(name: string, state: string) {
    return this.page.locator(`[data-state=${state}]`, { hasText: name });
  }

  /** Drops files of the disk on the page, as their bytes under their names. */
  async drop(...paths: string[]): Promise<void> {
    const files = paths.map((path) => ({
      name: basename(path),
      bytes: existsSync(path) ? readFileSync(path).toString('base64') : '',
    }));
    const transfer = await this.page.evaluateHandle((files) => {
      const transfer = new DataTransfer();
      for (const { name, bytes } of files)
        transfer.items.add(new File([Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0))], name));
      return transfer;
    }, files);
    await this.page.getByRole('group', { name: /^Drop clips here/ }).dispatchEvent('drop', { dataTransfer: transfer });
  }

  /** What a screen reader would call the element that has the keyboard. */
  focused(): Promise<string> {
    return this.page.evaluate(() => {
      const element = document.activeElement;
      return element?.getAttribute('aria-label') ?? element?.textContent ?? '';
    });
  }

  async tabTo(name: string): Promise<void> {
    for (let presses = 0; presses < 40; presses++) {
      if ((await this.focused()) === name) return;
      await this.page.keyboard.press('Tab');
    }
    throw new Error(`the Tab key never leads to ${name}`);
  }
}
