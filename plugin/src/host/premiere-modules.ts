import type { premierepro } from '@adobe/premierepro';

/** What UXP calls its modules and globals, as far as the panel uses them. */
interface Uxp {
  readonly host: { readonly version: string; getBackgroundColor?(): string };
  readonly shell: { openPath(path: string, reason?: string): Promise<string> };
  readonly entrypoints: { setup(entries: EntryPoints): void };
  readonly pluginManager: { readonly plugins: Iterable<{ readonly id: string; showPanel(panelId: string): unknown }> };
}

export interface FlyoutItem {
  id: string;
  label: string;
}

export interface EntryPoints {
  panels: Record<
    string,
    {
      create(root: HTMLElement): void;
      show(): void;
      menuItems: FlyoutItem[];
      invokeMenu(id: string): void;
    }
  >;
  commands: Record<string, { run(): void }>;
}

interface FileSystem {
  readFile(path: string, encoding: 'utf-8'): Promise<string>;
}

interface OperatingSystem {
  platform(): string;
  homedir(): string;
}

interface ThemedDocument {
  readonly theme?: {
    getCurrent(): string;
    readonly onUpdated: { addListener(listener: () => void): void };
  };
}

/** UXP's way to its modules, which nobody else resolves: not the bundler, and not Node. */
declare const require: (name: string) => unknown;
const load = (name: string): unknown => require(name);

export const ppro = load('premierepro') as premierepro;
export const uxp = load('uxp') as Uxp;
export const fs = load('fs') as FileSystem;
export const os = load('os') as OperatingSystem;
export const themedDocument: ThemedDocument = document as ThemedDocument;
