import { resolve } from 'node:path';
import { LookId, looks, type YuvMatrix } from '@uprez/shared';
import { lutText, writeLut } from '../looks/lut-file.ts';
import { table } from './print.ts';
import type { Terminal } from './terminal.ts';

export function showLooks(json: boolean, terminal: Terminal): void {
  const offers = LookId.options.map((id) => ({ id, ...looks[id] }));
  if (json) terminal.out(JSON.stringify(offers));
  else for (const line of table(offers.map(({ id, name, purpose }) => [id, name, purpose]))) terminal.out(line);
}

export interface CubeFlags {
  apply?: boolean;
  strength?: number;
  matrix?: YuvMatrix;
}

/** Writes the LUT that takes a look back, or the look itself, and prints where. Throws `look.no-inverse`. */
export async function writeLookCube(
  { id, file, flags }: { id: LookId; file: string | undefined; flags: CubeFlags },
  terminal: Terminal,
): Promise<void> {
  const { apply = false, strength = 1, matrix = '709' } = flags;
  const text = lutText({ id, strength }, { matrix, direction: apply ? 'apply' : 'undo' });
  const name = apply ? `rec709-to-${id}.cube` : `${id}-to-rec709.cube`;
  terminal.out(await writeLut(resolve(file ?? name), text));
}
