import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { type Browser, type BrowserContext, chromium, type FrameLocator, type Page } from 'playwright-core';
import type { Emulator, Opening } from './emulator/emulator.ts';
import type { ClipRecord, ProjectRecord } from './emulator/records.ts';
import { mediaRecord } from './scene.ts';

const bundle = fileURLToPath(new URL('../../dist/panel/', import.meta.url));

/** The browser that stands in for UXP's engine. Its panel may reach the page that holds Premiere: both are files. */
export async function startBrowser(executablePath: string): Promise<Browser> {
  // Chromium's sandbox can't be used by root, which tests in containers run as.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath, args: [...args, '--allow-file-access-from-files'] });
}

let emulator: Promise<string> | undefined;

/** The emulator as one script. */
function emulatorScript(): Promise<string> {
  emulator ??= build({
    entryPoints: [fileURLToPath(new URL('emulator/in-page.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'iife',
    logLevel: 'error',
    define: { 'process.env': '{}' },
  }).then(({ outputFiles }) => outputFiles[0]?.text ?? '');
  return emulator;
}

/** Premiere with the built panel in it, exactly as it is packed. */
export class Premiere implements AsyncDisposable {
  readonly page: Page;
  readonly panel: FrameLocator;
  private readonly complaints: string[] = [];
  private readonly context: BrowserContext;

  private constructor(context: BrowserContext, page: Page) {
    this.context = context;
    this.page = page;
    this.panel = page.frameLocator('iframe');
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('console', (message) => message.type() === 'error' && this.complaints.push(message.text()));
  }

  static async open(
    browser: Browser,
    home: string,
    { width = 340, pixels = 1, ...opening }: Omit<Opening, 'surroundings'> & { width?: number; pixels?: number },
  ): Promise<Premiere> {
    const context = await browser.newContext({ viewport: { width, height: 640 }, deviceScaleFactor: pixels });
    const page = await context.newPage();
    const premiere = new Premiere(context, page);
    await page.addInitScript(await emulatorScript());
    await page.exposeFunction('lookAtFile', (path: string) => mediaRecord(path).catch(() => null));
    await page.exposeFunction('readFileOfUser', (path: string) => readFile(path, 'utf8'));
    await writeFile(
      join(home, 'premiere.html'),
      '<!doctype html><style>body{margin:0}iframe{border:0;width:100%;height:640px}</style>',
    );
    await page.goto(pathToFileURL(join(home, 'premiere.html')).href);
    const manifest = JSON.parse(await readFile(join(bundle, 'manifest.json'), 'utf8')) as {
      requiredPermissions: { network: { domains: unknown } };
    };
    const surroundings = { platform: 'darwin', home, domains: manifest.requiredPermissions.network.domains };
    await page.evaluate(`window.openPremiere(${JSON.stringify({ ...opening, surroundings })})`);
    await premiere.loadPanel();
    return premiere;
  }

  /** Loads the panel, in the middle of whatever it was doing. */
  async loadPanel(): Promise<void> {
    const src = pathToFileURL(join(bundle, 'index.html')).href;
    await this.page.evaluate(`window.loadPanel(${JSON.stringify(src)})`);
  }

  async closePanel(): Promise<void> {
    await this.page.evaluate(`document.querySelector('iframe')?.remove()`);
  }

  /** Is the last step of a delivery done? */
  isFramed(): Promise<boolean> {
    return this.ask(({ stage }) => stage.undoStack.at(-1)?.name === 'Uprez: match framing', null);
  }

  /** Asks the emulator, in its own page. */
  ask<T, A>(question: (emulator: Emulator, argument: A) => T | Promise<T>, argument: A): Promise<T> {
    return this.page.evaluate(`(${question.toString()})(window.emulator, ${JSON.stringify(argument)})`);
  }

  project(guid: string): Promise<ProjectRecord> {
    return this.ask((running, id) => running.stage.project(id), guid);
  }

  select(...uids: string[]): Promise<void> {
    return this.ask((running, ids) => running.select(ids), uids);
  }

  /** What the user does: select clips, wait until the panel shows them, one click. */
  async upscale(...uids: string[]): Promise<void> {
    await this.select(...uids);
    await this.panel.getByText(`${uids.length} selected`).waitFor();
    await this.panel.getByRole('button', { name: 'Upscale', exact: true }).first().click();
  }

  /** Resolves when the panel asks the host nothing any more. */
  async rest(): Promise<void> {
    await this.ask(({ stage }) => stage.thread.rest(), null);
  }

  /** Undoes everything; returns the names of the steps, the last one first. */
  async undoAll(): Promise<string[]> {
    return this.ask((running) => {
      const names: string[] = [];
      for (let name = running.stage.undo(); name !== undefined; name = running.stage.undo()) names.push(name);
      return names;
    }, null);
  }

  /** What is still in use after everything else was thrown away. */
  async heapBytes(): Promise<number> {
    const session = await this.context.newCDPSession(this.page);
    await session.send('HeapProfiler.collectGarbage');
    const { usedSize } = await session.send('Runtime.getHeapUsage');
    await session.detach();
    return usedSize;
  }

  async redoAll(): Promise<void> {
    await this.ask((running) => {
      while (running.stage.redo() !== undefined);
    }, null);
  }

  /** Everything that went wrong in the panel or would have reached the host. */
  async complaintsOfHost(): Promise<readonly string[]> {
    return [...this.complaints, ...(await this.ask((running) => running.stage.escaped, null))];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.context.close();
  }
}

/** What is seen of a project's timelines: everything but which objects stand for it. */
export function timelines({ sequences }: ProjectRecord): unknown {
  const plain = (clip: ClipRecord): unknown => ({ ...clip, uid: '' });
  return sequences.map(({ video, audio, ...sequence }) => ({
    ...sequence,
    video: video.map((track) => track.map(plain)),
    audio: audio.map((track) => track.map(plain)),
  }));
}
