import { mkdirSync } from 'node:fs';
import Database from 'better-sqlite3';
import { Chance } from '../support/chance.ts';
import { untilView } from '../support/clients.ts';
import { clip } from '../support/clips.ts';
import { type Kill, Target, type Victim } from '../support/kills.ts';
import { seesProcesses, untilOnly } from '../support/processes.ts';
import { frameHashes } from '../support/tools.ts';
import { type House, openHouse, queueTask } from '../support/uprez-process.ts';
import { Complaints, type Experiment, type Order, type Outcome } from './experiment.ts';

/** Enough for dozens of kills in one job; the short programme has two. */
const FRAMES = { many: 800, few: 200 };
const SEGMENT = 24;
/** So many kills in a row may fall on one segment; a job gives up after 25. */
const ROUND = 6;

const victims: readonly Victim[] = ['engine', 'decoder', 'encoder', 'sound', 'daemon', 'daemon and engine'];

/** Very small pictures and very many, key frames and B-frames on other places than segment borders. */
const source = (frames: number) =>
  clip({
    ...{ width: 96, height: 64, rate: '50', frames, sounds: [{ channels: 2 }] },
    extra: ['-g', '31', '-bf', '3'],
  });

export const kills: Experiment = {
  id: 'R1',
  claim:
    'Daemon, engine and ffmpeg are killed at random: no frame and no sound is lost, doubled or changed, and nobody is left over',
  unit: 'kills',
  volume: { full: 500, short: 2 },
  hindrance: () => (seesProcesses ? undefined : 'only Linux shows a test the processes of others; see the checklist'),
  async run({ volume, chance, say }: Order): Promise<Outcome> {
    const complaints = new Complaints();
    // Two cores, two houses.
    const shards = volume > 50 ? 2 : 1;
    const frames = volume > 50 ? FRAMES.many : FRAMES.few;
    const clipPath = await source(frames);
    const work = Array.from({ length: shards }, (_, shard) =>
      killInOneHouse(clipPath, {
        ...{ volume: Math.ceil(volume / shards), chance: new Chance(chance.seed + shard) },
        ...{ say, complaints },
      }),
    );
    const results = await Promise.all(work);
    const all = results.flatMap(({ kills: some }) => some);
    const jobs = results.reduce((sum, result) => sum + result.jobs, 0);
    const lost = all.map(({ lostFrames }) => lostFrames);
    const notes = [
      `${jobs} jobs of ${frames} frames, every frame and every sample compared with an undisturbed run`,
      `killed: ${victims.map((victim) => `${victim} ${all.filter((kill) => kill.victim === victim).length}`).join(', ')}`,
      `frames done again: ${Math.max(...lost)} at most, ${(lost.reduce((a, b) => a + b, 0) / lost.length).toFixed(1)} on average; a segment has ${SEGMENT}`,
      `more than one segment: ${lost.filter((each) => each > SEGMENT).length} times`,
    ];
    return { done: all.length, bad: complaints.list, notes };
  },
};

interface Shard extends Order {
  complaints: Complaints;
}

async function killInOneHouse(
  clipPath: string,
  { volume, chance, say, complaints }: Shard,
): Promise<{ kills: Kill[]; jobs: number }> {
  await using house = openHouse();
  const reference = await undisturbed(house, clipPath);
  const target = await Target.start(house, chance);
  let jobs = 0;
  while (target.kills.length < volume) {
    jobs += 1;
    const path = await oneJob({ target, house, chance, volume }, clipPath, house.file(`run${jobs}`));
    const found = path === undefined ? [] : await frameHashes(path, '-map', '0');
    complaints.expect(String(found) === String(reference), () => `job ${jobs}: ${differences(found, reference)}`);
    complaints.expect(isWhole(house), () => `job ${jobs}: the database is damaged`);
    await untilOnly(house.path, ['daemon']).catch((error: Error) => complaints.expect(false, () => error.message));
    say(`${target.kills.length} kills`);
  }
  for (const { victim, lostFrames } of target.kills)
    complaints.expect(lostFrames <= SEGMENT, () => `killing ${victim} cost ${lostFrames} frames`);
  return { kills: target.kills, jobs };
}

async function undisturbed(house: House, clipPath: string): Promise<string[]> {
  mkdirSync(house.file('reference'));
  const { code, stdout, stderr } = await house.run(
    'upscale',
    clipPath,
    '--model',
    'bicubic',
    '--output',
    house.file('reference'),
  );
  if (code !== 0) throw new Error(`the undisturbed run failed: ${stderr}`);
  return frameHashes(stdout.trim(), '-map', '0');
}

interface Scene {
  target: Target;
  house: House;
  chance: Chance;
  volume: number;
}

/** Kills until the job has ended or there were enough kills. Resolves to its result, or undefined where it has none. */
async function oneJob(
  { target, chance, volume }: Scene,
  clipPath: string,
  output: string,
): Promise<string | undefined> {
  mkdirSync(output);
  target.newJob();
  const { id } = await queueTask(target.client, { source: clipPath, model: 'bicubic', output });
  while (target.kills.length < volume && isOpen(target, id)) {
    const safe = await target.safeFrames(id);
    for (const victim of chance.shuffled(victims).slice(0, ROUND)) {
      if (isOpen(target, id)) await target.strike(id, victim, 250);
    }
    await target.untilMoreSafe(id, safe);
  }
  const ended = await untilView(target.client, ({ jobs }) =>
    jobs.find((job) => job.id === id && !['queued', 'running'].includes(job.state)),
  );
  return ended.output?.path;
}

function isOpen(target: Target, id: string): boolean {
  return ['queued', 'running'].includes(target.job(id)?.state ?? 'failed');
}

function isWhole(house: House): boolean {
  const db = new Database(house.file('data', 'uprez.db'), { readonly: true });
  const found = db.pragma('integrity_check', { simple: true });
  db.close();
  return found === 'ok';
}

function differences(found: readonly string[], wanted: readonly string[]): string {
  const wrong = wanted.filter((line, i) => line !== found[i]).length;
  return `${found.length} packets instead of ${wanted.length}, ${wrong} of them not in their place`;
}
