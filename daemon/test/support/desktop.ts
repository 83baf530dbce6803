import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { Message, type MessageBus, sessionBus, Variant } from '@jellybrick/dbus-next';
import { Exported } from '../../src/tray/linux/exported.ts';

const dbusDaemon = (process.env['PATH'] ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'dbus-daemon'))
  .find((file) => isExecutable(file));

/** Why tests that need a session bus are skipped, or undefined. */
export const noBus = dbusDaemon === undefined ? 'there is no dbus-daemon on PATH' : undefined;

export interface SessionBus extends AsyncDisposable {
  readonly address: string;
  connect(): Promise<MessageBus>;
}

/** A session bus of its own, as a desktop session has one. */
export async function startSessionBus(): Promise<SessionBus> {
  if (dbusDaemon === undefined) throw new Error(noBus);
  const child: ChildProcess = spawn(dbusDaemon, ['--session', '--nofork', '--print-address'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  if (!child.stdout) throw new Error('no stdout');
  const [address] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const connected: MessageBus[] = [];
  return {
    address,
    async connect() {
      const bus = sessionBus({ busAddress: address });
      await new Promise<void>((resolve) => bus.once('connect', () => resolve()));
      connected.push(bus);
      return bus;
    },
    async [Symbol.asyncDispose]() {
      for (const bus of connected) bus.disconnect();
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

/** The part of a panel that icons register with. */
class Watcher extends Exported {
  readonly IsStatusNotifierHostRegistered = true;
  readonly ProtocolVersion = 0;
  readonly RegisteredStatusNotifierItems: string[] = [];
  private readonly onRegister: (name: string) => void;

  constructor(onRegister: (name: string) => void) {
    super('org.kde.StatusNotifierWatcher');
    this.onRegister = onRegister;
  }

  RegisterStatusNotifierItem(name: string): void {
    this.RegisteredStatusNotifierItems.push(name);
    this.onRegister(name);
  }
}
Watcher.configureMembers({
  properties: {
    IsStatusNotifierHostRegistered: { signature: 'b', access: 'read' },
    ProtocolVersion: { signature: 'i', access: 'read' },
    RegisteredStatusNotifierItems: { signature: 'as', access: 'read' },
  },
  methods: { RegisterStatusNotifierItem: { inSignature: 's', outSignature: '' } },
});

/** What shows notifications. */
class Bubbles extends Exported {
  private readonly onNotify: (title: string, text: string) => void;
  private last = 0;

  constructor(onNotify: (title: string, text: string) => void) {
    super('org.freedesktop.Notifications');
    this.onNotify = onNotify;
  }

  Notify(...[, , , title, text]: [string, number, string, string, string]): number {
    this.onNotify(title, text);
    return ++this.last;
  }

  ActionInvoked(number: number, action: string): [number, string] {
    return [number, action];
  }
}
Bubbles.configureMembers({
  methods: { Notify: { inSignature: 'susssasa{sv}i', outSignature: 'u' } },
  signals: { ActionInvoked: { signature: 'us' } },
});

/** What asks for files on the desktop's behalf. */
class FileChooser extends Exported {
  private readonly answer: (handle: string) => void;

  constructor(answer: (handle: string) => void) {
    super('org.freedesktop.portal.FileChooser');
    this.answer = answer;
  }

  OpenFile(_parent: string, _title: string, options: Record<string, Variant<string>>): string {
    const handle = `/org/freedesktop/portal/desktop/request/by_token/${options['handle_token']?.value ?? ''}`;
    this.answer(options['handle_token']?.value ?? '');
    return handle;
  }
}
FileChooser.configureMembers({ methods: { OpenFile: { inSignature: 'ssa{sv}', outSignature: 'o' } } });

/** Values that arrive one by one and are waited for. */
export class Arrivals<T> {
  private readonly here: T[] = [];
  private readonly waiting: ((value: T) => void)[] = [];

  add(value: T): void {
    const next = this.waiting.shift();
    if (next) next(value);
    else this.here.push(value);
  }

  next(): Promise<T> {
    const value = this.here.shift();
    return value === undefined ? new Promise((resolve) => this.waiting.push(resolve)) : Promise.resolve(value);
  }
}

export interface Panel {
  /** Names under which icons registered. */
  readonly registered: Arrivals<string>;
  /** As a crash of the panel looks to the others. */
  crash(): void;
}

/** A panel that takes icons. */
export async function startPanel(session: SessionBus): Promise<Panel> {
  const bus = await session.connect();
  const registered = new Arrivals<string>();
  bus.export('/StatusNotifierWatcher', new Watcher((name) => registered.add(name)));
  await bus.requestName('org.kde.StatusNotifierWatcher');
  return { registered, crash: () => bus.disconnect() };
}

export interface NotificationArea {
  readonly shown: Arrivals<{ title: string; text: string }>;
  /** A click on the notification of that number, counted from 1. */
  click(number: number): void;
}

export async function startNotifications(session: SessionBus): Promise<NotificationArea> {
  const bus = await session.connect();
  const shown = new Arrivals<{ title: string; text: string }>();
  const bubbles = new Bubbles((title, text) => shown.add({ title, text }));
  bus.export('/org/freedesktop/Notifications', bubbles);
  await bus.requestName('org.freedesktop.Notifications');
  return { shown, click: (number) => void bubbles.ActionInvoked(number, 'default') };
}

/** A desktop portal on which somebody always chooses the same files; null: somebody closes the dialog. */
export async function startPortal(session: SessionBus, chosen: (sender: string) => readonly string[] | null) {
  const bus = await session.connect();
  let sender = '';
  bus.on('message', (message) => {
    if (message.member === 'OpenFile') sender = message.sender;
  });
  const respond = (token: string): void => {
    const uris = chosen(sender);
    const path = `/org/freedesktop/portal/desktop/request/${sender.slice(1).replaceAll('.', '_')}/${token}`;
    const results = uris ? { uris: new Variant('as', [...uris]) } : {};
    const body = [uris ? 0 : 1, results];
    bus.send(Message.newSignal(path, 'org.freedesktop.portal.Request', 'Response', 'ua{sv}', body));
  };
  bus.export('/org/freedesktop/portal/desktop', new FileChooser(respond));
  await bus.requestName('org.freedesktop.portal.Desktop');
}

/** An icon of the panel, as the panel sees it. */
export class PanelIcon {
  private readonly bus: MessageBus;
  private readonly name: string;

  constructor(bus: MessageBus, name: string) {
    this.bus = bus;
    this.name = name;
  }

  async property(name: string): Promise<unknown> {
    const body = ['org.kde.StatusNotifierItem', name];
    const [variant] = await this.call('/StatusNotifierItem', 'org.freedesktop.DBus.Properties', {
      ...{ member: 'Get', signature: 'ss', body },
    });
    return (variant as Variant).value;
  }

  /** The labels of the whole menu, those of submenus indented. */
  async menu(): Promise<MenuLine[]> {
    const call = { member: 'GetLayout', signature: 'iias', body: [0, -1, []] };
    const [, root] = (await this.call(await this.menuPath(), MENU, call)) as [number, LayoutNode];
    return lines(root, '');
  }

  async click(label: string): Promise<void> {
    const found = (await this.menu()).find((each) => each.label === label);
    if (!found) throw new Error(`there is no item “${label}”`);
    const body = [found.number, 'clicked', new Variant('i', 0), 0];
    await this.call(await this.menuPath(), MENU, { member: 'Event', signature: 'isvu', body });
  }

  async call(path: string, name: string, call: { member: string; signature: string; body: unknown[] }) {
    const reply = await this.bus.call(new Message({ destination: this.name, path, interface: name, ...call }));
    return reply?.body ?? [];
  }

  private async menuPath(): Promise<string> {
    return String(await this.property('Menu'));
  }
}

const MENU = 'com.canonical.dbusmenu';

type LayoutNode = [number, Record<string, Variant>, Variant<LayoutNode>[]];

export interface MenuLine {
  number: number;
  label: string;
  enabled: boolean;
  checked: boolean | null;
}

function lines([number, properties, children]: LayoutNode, indent: string): MenuLine[] {
  const isRoot = number === 0;
  const state = properties['toggle-state']?.value;
  const own = {
    number,
    label: properties['type'] ? `${indent}—` : `${indent}${String(properties['label']?.value)}`,
    enabled: properties['enabled']?.value !== false,
    checked: state === undefined ? null : state === 1,
  };
  const below = children.flatMap(({ value }) => lines(value, isRoot ? '' : `${indent}  `));
  return isRoot ? below : [own, ...below];
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
