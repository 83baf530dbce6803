import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { smallHeap } from '../small-heap.ts';
import { type LoginItem, openLoginItem } from './login-item.ts';

// This is part of a bundle that lies two folders below the root.
const startScript = fileURLToPath(new URL('../../scripts/start.mjs', import.meta.url));
const program = fileURLToPath(new URL('./uprez.mjs', import.meta.url));

interface Surroundings {
  /** null for the usual one. */
  dataDir: string | null;
  /** Variables by which a program finds the user's desktop, as far as they are set. */
  desktop: Readonly<Record<string, string>>;
}

/** How this installation starts: in a clone by the script that sets up and builds first, in a release by the program. */
export function ownLoginItem({ dataDir, desktop }: Surroundings): LoginItem | undefined {
  const flags = dataDir === null ? [] : ['--data-dir', dataDir];
  const args = [...smallHeap, existsSync(startScript) ? startScript : program, ...flags, 'serve'];
  return openLoginItem({ platform: process.platform, home: homedir(), env: desktop }, { file: process.execPath, args });
}
