import { describe, expect, it } from 'vitest';
import { Chance, chosenSeed } from '../support/chance.ts';
import { programme } from './programme.ts';

/** The whole programme is `npm run gauntlet`; this is enough of each experiment to notice when its claim is broken. */
describe('The gauntlet, in short', () => {
  const seed = chosenSeed();

  it.each(programme.map((experiment) => [experiment.id, experiment.claim, experiment] as const))(
    '%s: %s',
    { timeout: 480_000 },
    async (_id, _claim, { run, volume, unit, hindrance }) => {
      const why = hindrance?.();
      if (why !== undefined) return console.log(`not run: ${why}`);
      console.log(`seed ${seed}`);
      const outcome = await run({ volume: volume.short, chance: new Chance(seed), say: () => undefined });
      console.log(`${outcome.done} ${unit}. ${outcome.notes.join('; ')}`);
      expect(outcome.bad).toEqual([]);
      expect(outcome.done).toBeGreaterThan(0);
    },
  );
});
