import type { MouseEvent, PointerEvent } from 'react';
import { useRef } from 'react';
import type { MenuPlace } from './menu-layer.tsx';

/** Two events of one press are no two presses. */
const SAME_PRESS_MS = 400;

/**
 * Right click, the menu key, and Ctrl-click, which is a right click on a Mac. Hosts differ in which of the events they send,
 * so all are listened to and the first one counts.
 */
export function useContextMenu(open: (place: MenuPlace) => void) {
  const last = useRef(Number.NEGATIVE_INFINITY);
  const request = (event: MouseEvent<HTMLElement>): void => {
    event.preventDefault();
    if (event.timeStamp - last.current < SAME_PRESS_MS) return;
    last.current = event.timeStamp;
    open(placeOf(event));
  };
  return {
    onContextMenu: request,
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      if (event.button === 2 || (event.button === 0 && event.ctrlKey)) request(event);
    },
  };
}

/** Below the button that opens it. */
export function below(element: HTMLElement): MenuPlace {
  const { left, bottom } = element.getBoundingClientRect();
  return { x: left, y: bottom + 2, opener: element };
}

function placeOf(event: MouseEvent<HTMLElement>): MenuPlace {
  const opener = document.activeElement instanceof HTMLElement ? document.activeElement : null;
  if (event.clientX !== 0 || event.clientY !== 0) return { x: event.clientX, y: event.clientY, opener };
  return below(event.currentTarget);
}
