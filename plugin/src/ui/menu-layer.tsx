import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import type { Act } from '../flows/act.ts';
import type { MenuItem } from './menu.ts';
import { words } from './words.ts';

/** Where a menu opens, and who gets the keyboard back afterwards. */
export interface MenuPlace {
  x: number;
  y: number;
  opener: HTMLElement | null;
}

export type OpenMenu = (place: MenuPlace, items: readonly MenuItem[], onAct: (act: Act) => void) => void;

export interface OpenedMenu extends MenuPlace {
  items: readonly MenuItem[];
  onAct: (act: Act) => void;
}

const WIDTH = 216;
const ITEM_HEIGHT = 24;
const MARGIN = 4;

interface MenuLayerProps {
  menu: OpenedMenu | undefined;
  close(): void;
}

/** Draws the open menu above everything else, inside the window. Submenus take the menu's place: panels are narrow. */
export function MenuLayer({ menu, close }: MenuLayerProps) {
  if (!menu) return null;
  return <Menu key={`${menu.x},${menu.y}`} menu={menu} close={close} />;
}

function Menu({ menu, close }: { menu: OpenedMenu; close(): void }) {
  const [path, setPath] = useState<readonly MenuItem[][]>([]);
  const ref = useRef<HTMLDivElement>(null);
  const items = path.at(-1) ?? menu.items;
  useEffect(() => {
    firstItem(ref.current)?.focus();
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- a submenu is another menu
  }, [items]);
  const leave = (): void => {
    close();
    menu.opener?.focus();
  };
  const choose = (act: Act): void => {
    leave();
    menu.onAct(act);
  };
  const back = (): void => (path.length > 0 ? setPath(path.slice(0, -1)) : leave());
  return (
    <div className="menu-ground" onPointerDown={(event) => event.target === event.currentTarget && leave()}>
      <div
        ref={ref}
        className="menu"
        role="menu"
        style={placeOf(menu, items)}
        onKeyDown={(event) => navigate(event, { leave, back })}
      >
        {path.length > 0 && <MenuButton label={`‹ ${words.back}`} onChoose={back} />}
        {items.map((item, index) => (
          <MenuLine
            key={keyOf(items, index)}
            item={item}
            choose={choose}
            enter={(inner) => setPath([...path, [...inner]])}
          />
        ))}
      </div>
    </div>
  );
}

/** Labels are never twice in one menu, and every divider is behind another one. */
function keyOf(items: readonly MenuItem[], index: number): string {
  const item = items[index];
  if (!item) return '';
  return item.kind === 'divider' ? `behind ${keyOf(items, index - 1)}` : item.label;
}

interface MenuLineProps {
  item: MenuItem;
  choose(act: Act): void;
  enter(items: readonly MenuItem[]): void;
}

function MenuLine({ item, choose, enter }: MenuLineProps) {
  if (item.kind === 'divider') return <div className="menu-divider" role="separator" />;
  if (item.kind === 'submenu')
    return (
      <MenuButton label={item.label} disabled={!item.enabled} opens onChoose={() => enter(item.items)}>
        <span className="menu-mark">▸</span>
      </MenuButton>
    );
  return (
    <MenuButton label={item.label} disabled={!item.enabled} onChoose={() => choose(item.act)}>
      {item.checked === true && <span className="menu-mark">✓</span>}
    </MenuButton>
  );
}

interface MenuButtonProps {
  label: string;
  disabled?: boolean;
  opens?: boolean;
  onChoose(): void;
  children?: ReactNode;
}

function MenuButton({ label, disabled = false, opens = false, onChoose, children }: MenuButtonProps) {
  return (
    <button
      type="button"
      role="menuitem"
      className="menu-item"
      disabled={disabled}
      aria-haspopup={opens ? 'menu' : undefined}
      onClick={onChoose}
      // Pointer and keyboard are at the same item.
      onPointerMove={(event) => event.currentTarget.focus()}
    >
      <span className="grow">{label}</span>
      {children}
    </button>
  );
}

function navigate(event: KeyboardEvent<HTMLElement>, { leave, back }: { leave(): void; back(): void }): void {
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>('button:not(:disabled)')];
  const at = items.findIndex((item) => item === document.activeElement);
  const go = (index: number): void => items[(index + items.length) % items.length]?.focus();
  const moves: Record<string, () => void> = {
    ArrowDown: () => go(at + 1),
    ArrowUp: () => go(at - 1),
    Home: () => go(0),
    End: () => go(-1),
    Escape: leave,
    Tab: leave,
    ArrowLeft: back,
    ArrowRight: () => items[at]?.getAttribute('aria-haspopup') && items[at].click(),
  };
  const move = moves[event.key];
  if (!move) return;
  event.preventDefault();
  event.stopPropagation();
  move();
}

function firstItem(menu: HTMLElement | null): HTMLElement | null | undefined {
  return menu?.querySelector<HTMLElement>('button:not(:disabled)');
}

/** Beside the pointer, but never over the window's edge. */
function placeOf({ x, y }: MenuPlace, items: readonly MenuItem[]): { left: number; top: number; width: number } {
  const height = items.length * ITEM_HEIGHT + 2 * MARGIN;
  const width = Math.min(WIDTH, window.innerWidth - 2 * MARGIN);
  return {
    left: Math.max(MARGIN, Math.min(x, window.innerWidth - width - MARGIN)),
    top: Math.max(MARGIN, Math.min(y, window.innerHeight - height - MARGIN)),
    width,
  };
}
