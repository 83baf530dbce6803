import { Changing } from './changing.ts';
import type { Look, Readable } from './host.ts';
import { harmless } from './premiere-guard.ts';
import { themedDocument, uxp } from './premiere-modules.ts';

/** Follows the theme that the user chose in Premiere. */
export function followLook(): Readable<Look> {
  const look = new Changing<Look>({ theme: 'darkest', background: null });
  const update = harmless(() =>
    look.set({ theme: themeOf(themedDocument.theme?.getCurrent()), background: background() }),
  );
  update();
  harmless(() => themedDocument.theme?.onUpdated.addListener(update))();
  return look;
}

function themeOf(name: string | undefined): Look['theme'] {
  if (name?.startsWith('light')) return 'light';
  return name === 'dark' ? 'dark' : 'darkest';
}

/** Since Premiere 26.5: JSON with components of 0 to 1 in practice and 0 to 255 by its documentation. */
function background(): string | null {
  const text = uxp.host.getBackgroundColor?.();
  if (text === undefined) return null;
  const { red, green, blue } = JSON.parse(text) as Record<'red' | 'green' | 'blue', number>;
  const unit = Math.max(red, green, blue) > 1 ? 1 : 255;
  return `rgb(${[red, green, blue].map((part) => Math.round(part * unit)).join(', ')})`;
}
