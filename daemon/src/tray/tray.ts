import {
  AppError,
  type DaemonClient,
  flatExport,
  type NewTask,
  type Pairing,
  usualModel,
  type View,
} from '@uprez/shared';
import type { Clock } from '../clock.ts';
import type { Logger } from '../log.ts';
import type { LoginItem } from '../login/login-item.ts';
import { type HelperCommand, HelperProcess } from './helper-process.ts';
import { icons } from './icon.ts';
import { trayMenu } from './menu.ts';
import { type Action, actionOf, type FromHelper, idOf } from './messages.ts';
import { noticesOf } from './notices.ts';

export interface TrayParts {
  client: DaemonClient;
  command: HelperCommand;
  /** Undefined where this system has no such thing. */
  login: LoginItem | undefined;
  clock: Clock;
  log: Logger;
}

/** A menu that changes under the pointer is hard to hit: at most so often. */
const REFRESH_MS = 1000;

/**
 * The icon with its menu, as a client of the daemon that happens to live in its process; what draws it is a process of
 * its own. Disposing takes the icon away.
 */
export class Tray implements Disposable {
  private readonly parts: TrayParts;
  private readonly stopFollowing: () => void;
  private helper: HelperProcess | undefined;
  private before: View;
  private pairings: readonly Pairing[] = [];
  private startsAtLogin: boolean | null = null;
  private said = '';
  private ready = false;
  private cancelRefresh: (() => void) | undefined;

  constructor(parts: TrayParts) {
    this.parts = parts;
    this.before = parts.client.view;
    this.stopFollowing = parts.client.subscribe((view) => this.follow(view));
    void this.readPairings();
  }

  /** The helper's process, while it runs. */
  get pid(): number | undefined {
    return this.helper?.pid;
  }

  /** Has the helper found a desktop to be on? */
  get isReady(): boolean {
    return this.ready;
  }

  [Symbol.dispose](): void {
    this.stopFollowing();
    this.cancelRefresh?.();
    this.helper?.[Symbol.dispose]();
    this.helper = undefined;
  }

  private follow(view: View): void {
    const { before } = this;
    this.before = view;
    if (view.settings.tray) this.helper ??= this.startHelper();
    else {
      this.helper?.[Symbol.dispose]();
      this.helper = undefined;
    }
    for (const notice of noticesOf(before, view)) this.helper?.send({ type: 'notify', ...notice });
    if (view.pairingsRevision !== before.pairingsRevision) void this.readPairings();
    this.refreshSoon();
  }

  private startHelper(): HelperProcess {
    const { command, clock, log } = this.parts;
    const onStart = (): void => {
      // The constructor of the first one has not returned yet.
      queueMicrotask(() => {
        this.said = '';
        this.ready = false;
        this.helper?.send({ type: 'hello', icons: icons() });
        this.readLogin();
        this.refresh();
      });
    };
    return new HelperProcess({ command, clock, log, onStart, onMessage: (message) => void this.receive(message) });
  }

  private refreshSoon(): void {
    this.cancelRefresh ??= this.parts.clock.after(REFRESH_MS, () => {
      this.cancelRefresh = undefined;
      this.refresh();
    });
  }

  private refresh(): void {
    const { pairings, startsAtLogin } = this;
    const menu = trayMenu({ view: this.parts.client.view, pairings, startsAtLogin });
    const text = JSON.stringify(menu);
    if (text === this.said) return;
    this.said = text;
    this.helper?.send({ type: 'menu', menu });
  }

  /** Not with every refresh: on Windows it starts a program. */
  private readLogin(): void {
    const { login } = this.parts;
    this.startsAtLogin = login ? login.state().way !== null : null;
  }

  private async readPairings(): Promise<void> {
    // Where the connection ends, so does the tray.
    this.pairings = await this.parts.client.call('listPairings', {}).catch(() => this.pairings);
    this.refresh();
  }

  private async receive(message: FromHelper): Promise<void> {
    try {
      if (message.type === 'ready') this.ready = true;
      if (message.type === 'no-picker') await this.act({ do: 'dashboard' });
      if (message.type === 'picked') await this.addClips(message.id, message.paths);
      const action = message.type === 'click' ? actionOf(message.id) : undefined;
      if (action) await this.act(action);
    } catch (error) {
      this.say(error);
    }
  }

  private async act(action: Action): Promise<void> {
    const { client, login } = this.parts;
    switch (action.do) {
      case 'dashboard':
        return this.helper?.send({ type: 'open', ...(await client.call('openDashboard', {})) });
      case 'pick':
        return this.helper?.send({ type: 'pick', id: idOf(action), title: pickTitles[action.what] });
      case 'reveal':
        return this.helper?.send({ type: 'reveal', path: action.path });
      case 'copy':
        return this.helper?.send({ type: 'copy', text: action.path });
      case 'approve':
        return void (await client.call('approveJob', { id: action.job }));
      case 'retry':
        return void (await client.call('retryJob', { id: action.job }));
      case 'cancel':
        return void (await client.call('cancelJob', { id: action.job }));
      case 'revoke':
        return void (await client.call('revokePairing', { id: action.pairing }));
      case 'set':
        return void (await client.call('changeSettings', { [action.key]: action.value }));
      case 'start-at-login':
        if (action.on) login?.turnOn('desktop');
        else login?.turnOff();
        this.readLogin();
        return this.refresh();
      case 'quit':
        return void (await client.call('shutdown', {}));
    }
  }

  /** Each clip on its own: one that is refused keeps nobody else from being done. */
  private async addClips(id: string, paths: readonly string[]): Promise<void> {
    const action = actionOf(id);
    if (action?.do !== 'pick') return;
    const { client } = this.parts;
    for (const source of paths) {
      const task = tasks[action.what](source, client.view);
      await client.call('addJobs', { jobs: [{ task }] }).catch((error: unknown) => this.say(error));
    }
  }

  /** What a click led to and nobody would see otherwise. */
  private say(error: unknown): void {
    const known = error instanceof AppError ? error : new AppError('daemon.internal', {}, { cause: error });
    if (known !== error) this.parts.log.error({ err: error }, 'tray action failed');
    this.helper?.send({ type: 'notify', title: known.message, text: known.next, id: null });
  }
}

const pickTitles = { upscale: 'Clips to upscale', flat: 'Clips to export as flat-log ProRes' } as const;

/** As the settings say. */
const tasks = {
  upscale: (source: string, { settings }: View): NewTask => {
    const { backend, scale, handles } = settings;
    return { source, backend, scale, handles, model: usualModel(backend, settings) };
  },
  flat: (source: string): NewTask => ({ source, ...flatExport }),
} as const;
