import type { Stage } from './stage.ts';

/** What the emulator needs to know of the plugin's surroundings. */
export interface Surroundings {
  platform: string;
  home: string;
  /** As in the plugin's manifest. */
  domains: unknown;
  readFile(path: string): Promise<string>;
}

interface Menu {
  panels: Record<string, { create(root: HTMLElement): void; show(): void; invokeMenu(id: string): void }>;
  commands: Record<string, { run(): void }>;
}

/** Browsers have it, UXP has not. */
const missing = [
  ...['TextEncoder', 'TextDecoder', 'structuredClone', 'queueMicrotask', 'MutationObserver', 'Worker', 'SharedWorker'],
  ...['indexedDB', 'IDBFactory', 'onerror', 'eval', 'Function', 'OffscreenCanvas', 'BroadcastChannel', 'caches'],
];

/** UXP as a plugin's page sees it. Each page has its own; the stage behind it stays. */
export class UxpPage {
  menu: Menu | undefined;
  theme = 'darkest';
  private readonly page: Window & typeof globalThis;
  private readonly stage: Stage;
  private readonly surroundings: Surroundings;
  private readonly themeListeners: (() => void)[] = [];

  constructor(page: Window & typeof globalThis, stage: Stage, surroundings: Surroundings) {
    this.page = page;
    this.stage = stage;
    this.surroundings = surroundings;
  }

  /** Before the first script of the plugin. */
  prepare(premierepro: unknown): void {
    const { page, stage } = this;
    page.addEventListener('error', ({ message }) => stage.escaped.push(message));
    page.addEventListener('unhandledrejection', ({ reason }) => stage.escaped.push(String(reason)));
    this.countWaits();
    const modules: Record<string, unknown> = { premierepro, uxp: this.module(), fs: this.files(), os: this.system() };
    const give = (name: string, value: unknown): void =>
      void Object.defineProperty(page, name, { value, configurable: true, writable: true });
    for (const name of missing) give(name, undefined);
    for (const name of missing) Reflect.deleteProperty(page, name);
    give('require', (name: string) => {
      if (!(name in modules)) throw new Error(`no module ${name}`);
      return modules[name];
    });
    give('WebSocket', gated(page.WebSocket, this.surroundings.domains));
    give('devicePixelRatio', 1);
    Object.assign(page.document, {
      theme: {
        getCurrent: () => this.theme,
        onUpdated: { addListener: (listener: () => void) => this.themeListeners.push(listener) },
      },
    });
  }

  choose(theme: string): void {
    this.theme = theme;
    for (const listener of this.themeListeners) this.stage.guarded(listener);
  }

  private module() {
    const { stage } = this;
    const background = stage.profile.background && {
      getBackgroundColor: () => JSON.stringify({ red: 0.11, green: 0.11, blue: 0.11, alpha: 1 }),
    };
    return {
      host: { name: 'premierepro', version: stage.profile.version, uiLocale: 'de_DE', ...background },
      versions: { uxp: '8.1', plugin: '0.1.0' },
      shell: {
        openPath: (path: string) => {
          stage.opened.push(path);
          return Promise.resolve('');
        },
      },
      entrypoints: { setup: (menu: Menu) => this.setUp(menu) },
      pluginManager: {
        plugins: new Set([{ id: 'com.uprez.panel', showPanel: (id: string) => stage.opened.push(id) }]),
      },
    };
  }

  /** In Premiere, showing comes along with creating; hiding and destroying can't be relied on and never happen here. */
  private setUp(menu: Menu): void {
    if (this.menu) throw new Error('entrypoints.setup was called twice');
    this.menu = menu;
    this.page.setTimeout(() => {
      const root = this.page.document.createElement('uxp-panel');
      this.page.document.body.append(root);
      for (const panel of Object.values(menu.panels))
        this.stage.guarded(() => {
          panel.create(root);
          panel.show();
        });
    });
  }

  private files() {
    const { surroundings } = this;
    return {
      readFile: (path: string, encoding: string) => {
        if (encoding !== 'utf-8') throw new Error('not emulated');
        return surroundings.readFile(path);
      },
    };
  }

  private system() {
    const { platform, home } = this.surroundings;
    return { platform: () => platform, homedir: () => home };
  }

  /** Waits of the plugin pass on the host's clock, too; the short ones on that alone, and here in a tenth of their time. */
  private countWaits(): void {
    const { thread } = this.stage;
    const native = this.page.setTimeout.bind(this.page);
    const counted = (work: () => void, ms = 0): number => {
      const since = thread.now;
      return native(
        () => {
          thread.waited(since, ms);
          work();
        },
        thread.isShort(ms) ? ms / 10 : ms,
      );
    };
    Object.defineProperty(this.page, 'setTimeout', { value: counted, configurable: true, writable: true });
  }
}

/** Premiere opens sockets only for plugins whose manifest says the bare word "all"; empty messages are never sent. */
function gated(native: typeof WebSocket, domains: unknown): typeof WebSocket {
  return class extends native {
    constructor(url: string | URL, protocols?: string | string[]) {
      if (domains !== 'all') throw new Error('Permission denied');
      super(url, protocols);
    }

    override send(data: string | Blob | BufferSource): void {
      if (data !== '') super.send(data);
    }
  };
}
