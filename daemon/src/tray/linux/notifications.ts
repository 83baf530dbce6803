import { type MessageBus, Variant } from '@jellybrick/dbus-next';
import { callBus, onSignal, type Target } from './bus.ts';
import { escaped } from './status-item.ts';

const target: Target = {
  destination: 'org.freedesktop.Notifications',
  path: '/org/freedesktop/Notifications',
  interface: 'org.freedesktop.Notifications',
};

/** −1: as long as the desktop shows them usually. */
const USUAL_TIME = -1;

/** Shows notifications and tells which were clicked. */
export class Notifications {
  private readonly bus: MessageBus;
  private readonly clicks = new Map<number, string>();

  private constructor(bus: MessageBus) {
    this.bus = bus;
  }

  static async open(bus: MessageBus, onClick: (id: string) => void): Promise<Notifications> {
    const notifications = new Notifications(bus);
    const { path, interface: name } = target;
    await onSignal(bus, { path, interface: name, member: 'ActionInvoked' }, ([number]) => {
      const id = notifications.clicks.get(Number(number));
      if (id !== undefined) onClick(id);
    });
    await onSignal(bus, { path, interface: name, member: 'NotificationClosed' }, ([number]) => {
      notifications.clicks.delete(Number(number));
    });
    return notifications;
  }

  /** Without a desktop that shows them nothing happens. */
  async show({ title, text, id }: { title: string; text: string; id: string | null }): Promise<void> {
    const actions = id === null ? [] : ['default', 'Show'];
    const hints = { 'desktop-entry': new Variant('s', 'uprez') };
    const body = ['Uprez', 0, 'uprez', title, escaped(text), actions, hints, USUAL_TIME];
    const call = { member: 'Notify', signature: 'susssasa{sv}i', body };
    const [number] = await callBus(this.bus, target, call).catch(() => []);
    if (id !== null && typeof number === 'number') this.clicks.set(number, id);
  }
}
