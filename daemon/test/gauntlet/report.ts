import { z } from 'zod';
import { type Experiment, type Outcome, upperBound } from './experiment.ts';

/** What came of one experiment. */
const Result = z.object({
  id: z.string(),
  claim: z.string(),
  unit: z.string(),
  seed: z.number(),
  date: z.string(),
  commit: z.string(),
  machine: z.string(),
  seconds: z.number(),
  outcome: z.object({ done: z.number(), bad: z.array(z.string()), notes: z.array(z.string()) }).optional(),
  notRun: z.string().optional(),
});
export type Result = Omit<z.infer<typeof Result>, 'outcome' | 'notRun'> & { outcome?: Outcome; notRun?: string };

export function readResults(text: string): Result[] {
  return z.array(Result).parse(JSON.parse(text)) as Result[];
}

/** The page that people read. Nothing in it is written by hand. */
export function reportOf(results: readonly Result[], untried: readonly Experiment[]): string {
  const ran = results.filter(({ outcome }) => outcome);
  const missing = [
    ...results.filter(({ notRun }) => notRun !== undefined),
    ...untried.map(({ id, claim }) => ({ id, claim, notRun: 'not yet at full length; the tests run it in short' })),
  ];
  return [
    '# What was tried, and what came of it',
    '',
    'Written by `npm run gauntlet` from what it has just done; nothing here is entered by hand. “Bound” is the rate of failures',
    'that the figures exclude with 95 % confidence where none was seen: 3 divided by the number of tries. It is a statement about',
    'the kind of trouble that was made, on the machine named, and about nothing else. “Commit” is the last change of the product',
    'that was tried.',
    '',
    '| | claim | done | failures | bound | date | commit |',
    '| --- | --- | --: | --: | --: | --- | --- |',
    ...ran.map(row),
    '',
    ...ran.flatMap(details),
    ...(missing.length > 0
      ? ['## Not run', '', ...missing.map(({ id, claim, notRun }) => `- ${id}, ${claim}: ${notRun}`), '']
      : []),
    'Windows and macOS: see [other-platforms.md](other-platforms.md).',
    '',
  ].join('\n');
}

function row({ id, claim, unit, outcome, date, commit }: Result): string {
  if (!outcome) return '';
  const done = `${outcome.done.toLocaleString('en')} ${unit}`;
  return `| ${id} | ${claim} | ${done} | ${outcome.bad.length} | ${upperBound(outcome)} | ${date} | ${commit} |`;
}

function details({ id, seed, seconds, machine, outcome }: Result): string[] {
  if (!outcome) return [];
  const lines = [...outcome.bad.map((bad) => `**failure**: ${bad}`), ...outcome.notes];
  return [`## ${id}`, '', `Seed ${seed}, ${seconds} s, ${machine}.`, '', ...lines.map((line) => `- ${line}`), ''];
}
