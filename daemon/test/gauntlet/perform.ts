import { Chance } from '../support/chance.ts';
import type { Outcome } from './experiment.ts';
import { programme } from './programme.ts';

/**
 * One experiment in a process of its own: what others do beside it can't disturb its measurements of itself, and an
 * experiment that falls over takes no other with it. Sends its outcome to who started it.
 */
const [id, volume, seed] = process.argv.slice(2);
const experiment = programme.find((each) => each.id === id)!;
const say = (text: string): void => console.log(`${id}`.padEnd(4), text);
const outcome = await experiment
  .run({ volume: Number(volume), chance: new Chance(Number(seed)), say })
  .catch((error: unknown): Outcome => ({
    done: 0,
    bad: [`it broke: ${error instanceof Error ? error.stack : error}`],
    notes: [],
  }));
process.send?.(outcome, undefined, undefined, () => process.exit(0));
