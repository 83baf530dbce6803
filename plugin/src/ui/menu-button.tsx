import type { MenuPlace } from './menu-layer.tsx';
import { below } from './use-context-menu.ts';
import { words } from './words.ts';

/** Opens the same menu as a right click, for everybody who does not think of one. */
export function MenuButton({ name, open }: { name: string; open(place: MenuPlace): void }) {
  return (
    <button
      type="button"
      className="quiet-button dots"
      aria-label={words.more(name)}
      aria-haspopup="menu"
      onClick={(event) => open(below(event.currentTarget))}
    >
      ⋯
    </button>
  );
}
