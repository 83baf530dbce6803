import { Emulator, type Opening } from './emulator.ts';
import type { MediaRecord } from './records.ts';

/*
 * Runs before every page: Premiere's own, which holds the emulator, and the panel's frame in it, which gets everything it
 * knows of Premiere from there.
 */
declare global {
  interface Window {
    emulator: Emulator;
    openPremiere: (opening: Opening) => void;
    /** Loads the panel, anew where it is there. */
    loadPanel: (src?: string) => void;
    readFileOfUser: (path: string) => Promise<string>;
    lookAtFile: (path: string) => Promise<MediaRecord | null>;
  }
}

if (window === window.top) {
  window.openPremiere = (opening) => {
    window.emulator = new Emulator(opening, { read: window.readFileOfUser, look: window.lookAtFile });
  };
  let panel = '';
  window.loadPanel = (src = panel) => {
    panel = src;
    document.querySelector('iframe')?.remove();
    const frame = document.createElement('iframe');
    frame.src = src;
    document.body.append(frame);
  };
} else window.parent.emulator.plugIn(window);
