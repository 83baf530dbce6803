import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { type MessageBus, Variant } from '@jellybrick/dbus-next';
import { callBus, onSignal } from './bus.ts';

const portal = { destination: 'org.freedesktop.portal.Desktop', path: '/org/freedesktop/portal/desktop' };

/**
 * Asks for files by the desktop's own dialog (xdg-desktop-portal). Resolves to no paths when nobody chose any, and to
 * undefined where there is no such portal.
 */
export async function pickByPortal(bus: MessageBus, title: string): Promise<string[] | undefined> {
  const token = `uprez_${randomUUID().replaceAll('-', '')}`;
  const sender = (bus.name ?? '').slice(1).replaceAll('.', '_');
  const request = `/org/freedesktop/portal/desktop/request/${sender}/${token}`;
  // Listening first: the answer may come before the call returns.
  let answer: (body: unknown[]) => void = () => {};
  const answered = new Promise<unknown[]>((resolve) => (answer = resolve));
  const signal = { path: request, interface: 'org.freedesktop.portal.Request', member: 'Response' };
  await onSignal(bus, signal, (body) => answer(body));
  const options = { handle_token: new Variant('s', token), multiple: new Variant('b', true) };
  try {
    const target = { ...portal, interface: 'org.freedesktop.portal.FileChooser' };
    await callBus(bus, target, { member: 'OpenFile', signature: 'ssa{sv}', body: ['', title, options] });
  } catch {
    return undefined;
  }
  const [code, results] = (await answered) as [number, Record<string, Variant<string[]>>];
  const uris = code === 0 ? (results['uris']?.value ?? []) : [];
  return uris.filter((uri) => uri.startsWith('file:')).map((uri) => fileURLToPath(uri));
}

/** What colour the panel's icons have: white unless the user asked for light colours; most panels are dark anyway. */
export async function panelInk(bus: MessageBus): Promise<'black' | 'white'> {
  const target = { ...portal, interface: 'org.freedesktop.portal.Settings' };
  const body = ['org.freedesktop.appearance', 'color-scheme'];
  const [scheme] = await callBus(bus, target, { member: 'Read', signature: 'ss', body }).catch(() => []);
  return schemeOf(scheme) === PREFER_LIGHT ? 'black' : 'white';
}

/** 0: no preference, 1: dark, 2: light (documentation of the portal). */
const PREFER_LIGHT = 2;

/** The portal wraps the value in a variant too many. */
function schemeOf(value: unknown): unknown {
  return value instanceof Variant ? schemeOf(value.value) : value;
}

/** Calls back when the user changes between light and dark. */
export async function onInkChange(bus: MessageBus, callback: (ink: 'black' | 'white') => void): Promise<void> {
  const signal = { path: portal.path, interface: 'org.freedesktop.portal.Settings', member: 'SettingChanged' };
  await onSignal(bus, signal, ([namespace, key, value]) => {
    if (namespace !== 'org.freedesktop.appearance' || key !== 'color-scheme') return;
    callback(schemeOf(value) === PREFER_LIGHT ? 'black' : 'white');
  });
}
