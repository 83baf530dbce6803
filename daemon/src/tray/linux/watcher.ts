import type { MessageBus } from '@jellybrick/dbus-next';
import { callBus, daemon, onSignal } from './bus.ts';

const WATCHER = 'org.kde.StatusNotifierWatcher';

/**
 * Puts the item `name` into the panel: now, and whenever a panel starts. A desktop without one (or one that comes later in
 * the session) is no error.
 */
export async function register(bus: MessageBus, name: string): Promise<void> {
  await onSignal(bus, { ...daemon, member: 'NameOwnerChanged' }, ([changed, , owner]) => {
    if (changed === WATCHER && owner !== '') void announce(bus, name);
  });
  await announce(bus, name);
}

function announce(bus: MessageBus, name: string): Promise<unknown> {
  const target = { destination: WATCHER, path: '/StatusNotifierWatcher', interface: WATCHER };
  const call = { member: 'RegisterStatusNotifierItem', signature: 's', body: [name] };
  // Nobody there yet; its coming will be told.
  return callBus(bus, target, call).catch(() => undefined);
}
