import { harmless } from './premiere-guard.ts';
import { type FlyoutItem, uxp } from './premiere-modules.ts';

/** As in the manifest. */
const PLUGIN = 'com.uprez.panel';
const PANEL = 'uprez.panel';
const COMMAND = 'uprez.upscale-selected';

/** What can be asked for from outside of the panel: its flyout menu, and the command in Premiere's Window menu. */
export type PanelCommand = 'upscale' | 'flat' | 'place-again' | 'reconnect';

const flyout: (FlyoutItem & { id: PanelCommand })[] = [
  { id: 'upscale', label: 'Upscale Selected Clips' },
  { id: 'flat', label: 'Flat-Log ProRes of Selected Clips' },
  { id: 'place-again', label: 'Place Finished Results Again' },
  { id: 'reconnect', label: 'Reconnect' },
];

interface Panel {
  /** Draws the panel, once. */
  show(root: HTMLElement): void;
  command(name: PanelCommand): void;
}

/** Tells Premiere of the panel and its commands. Must be called while the script starts, and only then. */
export function setUpEntries({ show, command }: Panel): void {
  let shown = false;
  uxp.entrypoints.setup({
    panels: {
      [PANEL]: {
        create(root) {
          // Some versions call this again when the panel is opened for the second time.
          if (!shown) harmless(() => show(root))();
          shown = true;
        },
        show() {},
        menuItems: flyout,
        invokeMenu: (id) => {
          const item = flyout.find((candidate) => candidate.id === id);
          if (item) harmless(() => command(item.id))();
        },
      },
    },
    commands: {
      [COMMAND]: {
        run: harmless(() => {
          for (const plugin of uxp.pluginManager.plugins) if (plugin.id === PLUGIN) plugin.showPanel(PANEL);
          command('upscale');
        }),
      },
    },
  });
}
