import { Message, type MessageBus, MessageType } from '@jellybrick/dbus-next';

export interface Target {
  destination: string;
  path: string;
  interface: string;
}

/** One call; rejects where nobody answers to the name. */
export async function callBus(
  bus: MessageBus,
  target: Target,
  { member, signature = '', body = [] }: { member: string; signature?: string; body?: unknown[] },
): Promise<unknown[]> {
  const reply = await bus.call(new Message({ ...target, member, signature, body }));
  return reply?.body ?? [];
}

/** Calls back with the body of every signal that fits. Resolves once the bus passes them on. */
export async function onSignal(
  bus: MessageBus,
  { path, interface: name, member }: { path?: string; interface: string; member: string },
  callback: (body: unknown[], path: string) => void,
): Promise<void> {
  bus.on('message', (message: Message) => {
    const fits = message.type === MessageType.SIGNAL && message.interface === name && message.member === member;
    if (fits && (path === undefined || message.path === path)) callback(message.body, message.path);
  });
  const rule = `type='signal',interface='${name}',member='${member}'${path === undefined ? '' : `,path='${path}'`}`;
  await callBus(bus, daemon, { member: 'AddMatch', signature: 's', body: [rule] });
}

/** The bus itself. */
export const daemon: Target = {
  destination: 'org.freedesktop.DBus',
  path: '/org/freedesktop/DBus',
  interface: 'org.freedesktop.DBus',
};
