import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';
import { isSettled, type Job } from '@uprez/shared';
import { Chance } from '../support/chance.ts';
import { untilView } from '../support/clients.ts';
import { clip } from '../support/clips.ts';
import { type LocalDaemon, startLocalDaemon } from '../support/local.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { tempDir } from '../support/temp-dir.ts';
import { frameHashes } from '../support/tools.ts';
import { Complaints, type Experiment, type Order, type Outcome } from './experiment.ts';

const script = fileURLToPath(new URL('./faulty-engine.mjs', import.meta.url));
const kinds = ['ENOSPC', 'EIO', 'EMFILE', 'EACCES', 'EBUSY'] as const;
/** A job of this size makes some more calls than that. */
const CALLS = 60;

export const fileSystem: Experiment = {
  id: 'R4',
  claim:
    'A file system call fails, once or again while the job goes on after it: the job waits or fails with a reason, and ends well afterwards',
  unit: 'faults',
  volume: { full: 300, short: 3 },
  async run({ volume, chance, say }: Order): Promise<Outcome> {
    const complaints = new Complaints();
    const shards = volume > 50 ? 2 : 1;
    const tally = new Map<string, number>();
    const work = Array.from({ length: shards }, (_, shard) =>
      inOneDaemon({
        volume: Math.ceil(volume / shards),
        chance: new Chance(chance.seed + shard),
        say,
        complaints,
        tally,
      }),
    );
    const done = (await Promise.all(work)).reduce((sum, each) => sum + each, 0);
    const ways = [...tally].sort(([a], [b]) => (a < b ? -1 : 1)).map(([way, count]) => `${way} ${count}`);
    return {
      done,
      bad: complaints.list,
      notes: [`kinds: ${kinds.join(', ')}; one in five twice`, `what came of them: ${ways.join(', ')}`],
    };
  },
};

interface Shard extends Order {
  complaints: Complaints;
  tally: Map<string, number>;
}

async function inOneDaemon({ volume, chance, say, complaints, tally }: Shard): Promise<number> {
  using folder = tempDir();
  const plan = (at: number, code: string): void =>
    writeFileSync(folder.file('fault.json'), JSON.stringify({ at, code }));
  plan(0, '');
  const clock = new ManualClock();
  await using daemon = await startLocalDaemon({ script, clock, drivers: { UPREZ_FAULT: folder.file('fault.json') } });
  const source = await clip({ width: 96, height: 64, frames: 60, sounds: [{}] });
  const reference = await frameHashes((await daemon.upscale(source)).path, '-map', '0');
  let done = 0;
  while (done < volume) {
    const code = kinds[Math.floor(chance.fraction() * kinds.length)]!;
    const at = [1 + Math.floor(chance.fraction() * CALLS)];
    if (chance.fraction() < 0.2) at.push(1 + Math.floor(chance.fraction() * CALLS));
    done += at.length;
    const name = `${code} at call ${at.join(' and then ')}`;
    const { job, stops } = await sufferAndRecover(
      { daemon, clock, plan },
      source,
      at.map((call) => ({ call, code })),
    );
    for (const stop of stops) tally.set(stop, (tally.get(stop) ?? 0) + 1);
    complaints.expect(!stops.some((stop) => stop.includes('daemon.internal')), () => `${name}: no reason given`);
    complaints.expect(job.state === 'succeeded', () => `${name}: ${job.state}, ${job.error?.code}`);
    if (job.output) {
      const found = await frameHashes(job.output.path, '-map', '0');
      complaints.expect(String(found) === String(reference), () => `${name}: other frames`);
    }
    if (done % 50 < 2) say(`${done} faults`);
  }
  return done;
}

interface Scene {
  daemon: LocalDaemon;
  clock: ManualClock;
  plan: (at: number, code: string) => void;
}

interface Fault {
  call: number;
  code: string;
}

const none: Fault = { call: 0, code: '' };

/** Runs a job into each fault, and then without one. */
async function sufferAndRecover({ daemon: { client }, clock, plan }: Scene, source: string, faults: readonly Fault[]) {
  const stops: string[] = [];
  const [first = none, ...more] = faults;
  plan(first.call, first.code);
  const [queued] = await client.call('addJobs', { jobs: [{ task: { source, model: 'bicubic' } }] });
  const id = queued!.id;
  let job = await stopped(1);
  for (const next of [...more, none]) {
    if (job.state === 'succeeded') break;
    stops.push(job.waitingFor ? `waits (${job.waitingFor.code})` : `fails (${job.error?.code})`);
    plan(next.call, next.code);
    const { attempts } = job;
    if (job.state === 'failed') await client.call('retryJob', { id });
    // Held jobs are looked at every ten seconds.
    while (isHeld(attempts)) {
      clock.advance(10_000);
      await pause(5);
    }
    job = await stopped(attempts + 1);
  }
  return { job, stops: stops.length > 0 ? stops : ['goes on'] };

  function isHeld(attempts: number): boolean {
    return client.view.jobs.some((each) => each.id === id && each.attempts === attempts && each.waitingFor);
  }

  /** The job when it stands still after so many attempts. */
  function stopped(attempts: number): Promise<Job> {
    return untilView(client, ({ jobs }) =>
      jobs.find((each) => each.id === id && each.attempts >= attempts && (each.waitingFor || isSettled(each.state))),
    );
  }
}
