import { execFileSync, fork } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, platform } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { chosenSeed } from '../support/chance.ts';
import type { Experiment, Outcome } from './experiment.ts';
import { programme } from './programme.ts';
import { readResults, type Result, reportOf } from './report.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const files = { results: `${root}docs/reliability.json`, report: `${root}docs/reliability.md` };

const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    seed: { type: 'string' },
    only: { type: 'string' },
    share: { type: 'string', default: '1' },
  },
});
const seed = values.seed === undefined ? chosenSeed() : Number(values.seed);
const only = values.only?.split(',');
const chosen = programme.filter(({ id }) => only === undefined || only.includes(id));

console.log(`seed ${seed}: npm run gauntlet -- --seed ${seed}${values.only ? ` --only ${values.only}` : ''}`);
const startedAt = performance.now();
const results = [
  ...(await abreast(longestFirst(chosen.filter(({ alone }) => !alone)), availableParallelism())),
  ...(await abreast(
    chosen.filter(({ alone }) => alone),
    1,
  )),
];
const bad = results.filter(({ outcome }) => outcome && outcome.bad.length > 0);
// The short programme finds mistakes; only the whole one makes claims.
if (!values.short) await publish(results);
const minutes = ((performance.now() - startedAt) / 60_000).toFixed(1);
console.log(`${results.length} experiments in ${minutes} minutes, ${bad.length} with failures`);
process.exit(bad.length > 0 ? 1 : 0);

/** So many at a time; each begins when one before it has ended. */
async function abreast(experiments: readonly Experiment[], lanes: number): Promise<Result[]> {
  const waiting = [...experiments];
  const lane = async (): Promise<Result[]> => {
    const done: Result[] = [];
    for (let next = waiting.shift(); next; next = waiting.shift()) done.push(await perform(next));
    return done;
  };
  return (await Promise.all(Array.from({ length: lanes }, lane))).flat();
}

/** By what each took last time, so that no lane is left with a long one at the end. */
function longestFirst(experiments: readonly Experiment[]): Experiment[] {
  const known = new Map(earlier().map(({ id, seconds }) => [id, seconds]));
  const secondsOf = ({ id }: Experiment): number => known.get(id) ?? Infinity;
  return experiments.toSorted((a, b) => secondsOf(b) - secondsOf(a));
}

async function perform(experiment: Experiment): Promise<Result> {
  const { id, claim, unit, volume } = experiment;
  const facts = {
    ...{ id, claim, unit, seed },
    date: new Date().toISOString().slice(0, 10),
    commit: commit(),
    machine: machine(),
  };
  const say = (text: string): void => console.log(id.padEnd(4), text);
  const notRun = experiment.hindrance?.();
  say(claim);
  if (notRun !== undefined) {
    say(`not run: ${notRun}`);
    return { ...facts, notRun, seconds: 0 };
  }
  const begun = performance.now();
  const amount = values.short ? volume.short : Math.ceil(volume.full * Number(values.share));
  const outcome = await inItsProcess(id, amount);
  const seconds = Math.round((performance.now() - begun) / 1000);
  say(`${outcome.done} ${unit} in ${seconds} s: ${outcome.bad.length === 0 ? 'all well' : 'NOT WELL'}`);
  for (const line of [...outcome.bad, ...outcome.notes]) say(`- ${line}`);
  return { ...facts, outcome, seconds };
}

function inItsProcess(id: string, amount: number): Promise<Outcome> {
  // Of its own, so that an experiment finds the same whether it runs alone or with the others.
  const ownSeed = seed + Number.parseInt(id.slice(1), 10) + 1000 * id.charCodeAt(0);
  const child = fork(fileURLToPath(new URL('perform.ts', import.meta.url)), [id, String(amount), String(ownSeed)]);
  return new Promise((resolve) => {
    child.once('message', (outcome) => resolve(outcome as Outcome));
    child.once('close', (code, killedBy) =>
      resolve({ done: 0, bad: [`its process ended: ${killedBy ?? `exit code ${String(code)}`}`], notes: [] }),
    );
  });
}

/** Results of experiments that were not run this time stay, with their own date and commit. */
async function publish(fresh: readonly Result[]): Promise<void> {
  const old = earlier();
  const of = (id: string) => fresh.find((each) => each.id === id) ?? old.find((each) => each.id === id);
  const all = programme.flatMap(({ id }) => of(id) ?? []);
  const missing = programme.filter(({ id }) => of(id) === undefined);
  await write(files.results, JSON.stringify(all));
  await write(files.report, reportOf(all, missing));
}

function earlier(): Result[] {
  return existsSync(files.results) ? readResults(readFileSync(files.results, 'utf8')) : [];
}

async function write(path: string, text: string): Promise<void> {
  writeFileSync(path, await format(text, { ...(await resolveConfig(path)), filepath: path }));
}

/** The last change of what is tried. */
function commit(): string {
  const product = ['--', 'daemon/src', 'shared/src'];
  const git = (...args: string[]): string =>
    execFileSync('git', [...args, ...product], { cwd: root, encoding: 'utf8' }).trim();
  return git('log', '-1', '--format=%h') + (git('status', '--porcelain') === '' ? '' : ' with changes');
}

function machine(): string {
  return `${platform()} ${arch()}, ${cpus().length} cores, Node ${process.versions.node}`;
}
