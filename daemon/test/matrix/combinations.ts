import { Chance } from '../support/chance.ts';

/** Everything that one clip of the matrix is. */
export interface Combination {
  matrix: '601' | '709' | '2020';
  range: 'limited' | 'full';
  depth: 8 | 10;
  chroma: '420' | '422' | '444';
  rate: '24000/1001' | '24' | '25' | '30000/1001' | '30' | '60000/1001' | 'variable';
  sounds: 0 | 1 | 2;
  rotation: 0 | 90 | 180 | 270;
  sampleAspect: '1/1' | '16/15';
  start: 'whole' | 'edit list';
  timecode: 'none' | 'non-drop' | 'drop';
  part: 'all' | 'cut' | 'cut with handles';
}

const values: { [Name in keyof Combination]: readonly Combination[Name][] } = {
  matrix: ['601', '709', '2020'],
  range: ['limited', 'full'],
  depth: [8, 10],
  chroma: ['420', '422', '444'],
  rate: ['24000/1001', '24', '25', '30000/1001', '30', '60000/1001', 'variable'],
  sounds: [0, 1, 2],
  rotation: [0, 90, 180, 270],
  sampleAspect: ['1/1', '16/15'],
  start: ['whole', 'edit list'],
  timecode: ['none', 'non-drop', 'drop'],
  part: ['all', 'cut', 'cut with handles'],
};

const names = Object.keys(values) as (keyof Combination)[];

/** Drop-frame counting exists at two rates. */
function exists({ rate, timecode }: Combination): boolean {
  return timecode !== 'drop' || rate === '30000/1001' || rate === '60000/1001';
}

/** Random rows that are tried before the best of them is taken. */
const TRIES = 60;

/**
 * Combinations in which every two values that can meet do meet, and nearly every three: rows are added greedily, each the
 * one of several random ones that brings most pairs not met before, then most triples, until there are `count`. Always the
 * same for the same count.
 */
export function combinations(count: number): Combination[] {
  const chance = new Chance(20_260_601);
  const met = { pairs: new Set<string>(), triples: new Set<string>() };
  return Array.from({ length: count }, () => {
    const tried = Array.from({ length: TRIES }, () => randomRow(chance));
    const best = tried.reduce((a, b) => (worth(b, met) > worth(a, met) ? b : a));
    for (const pair of groups(best, 2)) met.pairs.add(pair);
    for (const triple of groups(best, 3)) met.triples.add(triple);
    return best;
  });
}

/** Pairs of values that the rows lack and that can exist. */
export function missingPairs(rows: readonly Combination[]): string[] {
  const met = new Set(rows.flatMap((row) => groups(row, 2)));
  const some = { ...rows[0]!, timecode: 'none' } as const;
  return names
    .flatMap((a, i) => names.slice(i + 1).map((b) => [a, b] as const))
    .flatMap(([a, b]) => values[a].flatMap((left) => values[b].map((right) => ({ [a]: left, [b]: right }))))
    .filter((pair) => exists({ ...some, ...pair }))
    .map((pair) =>
      Object.entries(pair)
        .map(([name, value]) => `${name}=${value}`)
        .join(' '),
    )
    .filter((pair) => !met.has(pair));
}

function randomRow(chance: Chance): Combination {
  for (;;) {
    const row = Object.fromEntries(names.map((name) => [name, chance.shuffled<unknown>(values[name])[0]]));
    if (exists(row as unknown as Combination)) return row as unknown as Combination;
  }
}

function worth(row: Combination, met: { pairs: Set<string>; triples: Set<string> }): number {
  const fresh = (all: string[], known: Set<string>): number => all.filter((group) => !known.has(group)).length;
  return 1000 * fresh(groups(row, 2), met.pairs) + fresh(groups(row, 3), met.triples);
}

function groups(row: Combination, size: 2 | 3): string[] {
  const facts = names.map((name) => `${name}=${row[name]}`);
  return facts.flatMap((a, i) =>
    facts.slice(i + 1).flatMap((b, j) => {
      if (size === 2) return [`${a} ${b}`];
      return facts.slice(i + j + 2).map((c) => `${a} ${b} ${c}`);
    }),
  );
}
