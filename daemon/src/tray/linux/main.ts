import type { EventEmitter } from 'node:events';
import { createInterface } from 'node:readline';
import { type MessageBus, sessionBus } from '@jellybrick/dbus-next';
import { type FromHelper, idOf, type ToHelper } from '../messages.ts';
import { DbusMenu } from './dbus-menu.ts';
import { Notifications } from './notifications.ts';
import { onInkChange, panelInk } from './portal.ts';
import { copy, open, pick, reveal } from './programs.ts';
import { StatusItem } from './status-item.ts';
import { register } from './watcher.ts';

const ITEM_PATH = '/StatusNotifierItem';
const MENU_PATH = '/MenuBar';

const lines = createInterface({ input: process.stdin });
// The daemon's end, however it comes, closes this line.
lines.on('close', () => leave(0));
const desk = openDesk(sessionBus());
// What comes before everything is in place waits for it, in order.
lines.on('line', (line) => void desk.then((ready) => obey(JSON.parse(line) as ToHelper, ready)));

interface Desk {
  bus: MessageBus;
  item: StatusItem;
  menu: DbusMenu;
  notifications: Notifications;
}

/** Everything that is shown on the desktop. */
async function openDesk(bus: MessageBus): Promise<Desk> {
  const lost = (why: string): void => {
    say({ type: 'unavailable', why });
    leave(1);
  };
  // An event that the library's types leave out.
  (bus as EventEmitter).on('error', (error: Error) => lost(error.message));
  await new Promise<void>((resolve) => bus.once('connect', () => resolve()));
  const click = (id: string): void => say({ type: 'click', id });
  const item = new StatusItem(MENU_PATH, () => click(idOf({ do: 'dashboard' })));
  const menu = new DbusMenu(click);
  bus.export(ITEM_PATH, item);
  bus.export(MENU_PATH, menu);
  const name = `org.kde.StatusNotifierItem-${process.pid}-1`;
  await bus.requestName(name);
  const notifications = await Notifications.open(bus, click);
  await onInkChange(bus, (ink) => item.paint(ink));
  item.paint(await panelInk(bus));
  await register(bus, name);
  say({ type: 'ready' });
  return { bus, item, menu, notifications };
}

async function obey(message: ToHelper, { bus, item, menu, notifications }: Desk): Promise<void> {
  switch (message.type) {
    case 'hello':
      // Icons are drawn here, in all the sizes that panels may want.
      return;
    case 'menu':
      item.show(message.menu);
      return menu.show(message.menu);
    case 'notify':
      return notifications.show(message);
    case 'open':
      return open(message.url);
    case 'reveal':
      return reveal(bus, message.path);
    case 'copy':
      if (await copy(message.text)) return;
      return notifications.show({ title: 'Nothing here can copy', text: message.text, id: null });
    case 'pick': {
      const paths = await pick(bus, message.title);
      return say(paths ? { type: 'picked', id: message.id, paths } : { type: 'no-picker' });
    }
  }
}

function say(message: FromHelper): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

function leave(code: number): void {
  // oxlint-disable-next-line unicorn/no-process-exit -- An open bus would keep the process.
  process.exit(code);
}
