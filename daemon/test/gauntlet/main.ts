import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { arch, cpus, platform } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { Chance, chosenSeed } from '../support/chance.ts';
import type { Experiment } from './experiment.ts';
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
const results: Result[] = [];
for (const experiment of chosen) results.push(await perform(experiment));
const bad = results.filter(({ outcome }) => outcome && outcome.bad.length > 0);
// The short programme finds mistakes; only the whole one makes claims.
if (!values.short) await publish(results);
console.log(`${results.length} experiments, ${bad.length} with failures`);
process.exit(bad.length > 0 ? 1 : 0);

async function perform(experiment: Experiment): Promise<Result> {
  const { id, claim, unit, volume } = experiment;
  const facts = {
    id,
    claim,
    unit,
    seed,
    date: new Date().toISOString().slice(0, 10),
    commit: commit(),
    machine: machine(),
  };
  const notRun = experiment.hindrance?.();
  console.log(`\n${id}  ${claim}`);
  if (notRun !== undefined) {
    console.log(`    not run: ${notRun}`);
    return { ...facts, notRun, seconds: 0 };
  }
  const startedAt = performance.now();
  const say = (text: string): void => console.log(`    ${text}`);
  const amount = values.short ? volume.short : Math.ceil(volume.full * Number(values.share));
  // Of its own, so that an experiment finds the same whether it runs alone or with the others.
  const chance = new Chance(seed + Number.parseInt(id.slice(1), 10) + 1000 * id.charCodeAt(0));
  const outcome = await experiment.run({ volume: amount, chance, say }).catch((error: unknown) => ({
    done: 0,
    bad: [`it broke: ${error instanceof Error ? error.stack : error}`],
    notes: [],
  }));
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  say(`${outcome.done} ${unit} in ${seconds} s: ${outcome.bad.length === 0 ? 'all well' : 'NOT WELL'}`);
  for (const line of [...outcome.bad, ...outcome.notes]) say(`- ${line}`);
  return { ...facts, outcome, seconds };
}

/** Results of experiments that were not run this time stay, with their own date and commit. */
async function publish(fresh: readonly Result[]): Promise<void> {
  const old = existsSync(files.results) ? readResults(readFileSync(files.results, 'utf8')) : [];
  const of = (id: string) => fresh.find((each) => each.id === id) ?? old.find((each) => each.id === id);
  const all = programme.flatMap(({ id }) => of(id) ?? []);
  const missing = programme.filter(({ id }) => of(id) === undefined);
  await write(files.results, JSON.stringify(all));
  await write(files.report, reportOf(all, missing));
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
