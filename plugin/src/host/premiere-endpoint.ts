import type { Credentials } from '@uprez/shared';
import { z } from 'zod';
import { askMaybe } from './premiere-guard.ts';
import { fs, os } from './premiere-modules.ts';

const Endpoint = z.object({
  port: z.int().positive(),
  pairing: z.object({ id: z.string(), secret: z.string().regex(/^[0-9a-f]{64}$/) }),
});

/**
 * Where the daemon of this user listens and how to prove oneself to it, from the file that it writes at its start;
 * undefined where there is none.
 */
export async function readEndpoint(): Promise<{ port: number; credentials: Credentials } | undefined> {
  const text = await askMaybe(() => fs.readFile(endpointFile(), 'utf-8'));
  if (text === undefined) return undefined;
  const endpoint = Endpoint.safeParse(parsed(text)).data;
  return endpoint && { port: endpoint.port, credentials: { kind: 'pairing', ...endpoint.pairing } };
}

/** The same places as in the daemon's paths.ts. Premiere runs on these two only. */
function endpointFile(): string {
  const home = os.homedir();
  if (os.platform().startsWith('win')) return `${home}\\AppData\\Local\\Uprez\\endpoint.json`;
  return `${home}/Library/Application Support/Uprez/endpoint.json`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
