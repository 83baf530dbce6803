import { readdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { untilView } from '../support/clients.ts';
import { clip } from '../support/clips.ts';
import { openHouse, queueTask, type UprezDaemon } from '../support/uprez-process.ts';
import { Complaints, type Experiment, type Order, type Outcome } from './experiment.ts';
import { crashes, residentBytes } from './s2-messages.ts';

/** The first third is for caches and the compiler. */
const WARM = 1 / 3;
/** A server that leaked a client's view at each visit would grow by more. */
const MOST_GROWTH = 24e6;

export const soak: Experiment = {
  id: 'M1',
  claim: 'Jobs, probes and clients that come and go: memory and open files stay flat',
  unit: 'seconds',
  alone: true,
  volume: { full: 60, short: 4 },
  hindrance: () => (process.platform === 'linux' ? undefined : 'reads memory and open files from /proc'),
  async run({ volume, say }: Order): Promise<Outcome> {
    await using house = openHouse();
    const complaints = new Complaints();
    const source = await clip({ frames: 12 });
    const daemon = await house.daemon();
    const end = performance.now() + volume * 1000;
    const warmAt = performance.now() + volume * 1000 * WARM;
    let warm: { bytes: number; files: number } | undefined;
    let rounds = 0;
    for (; performance.now() < end; rounds++) {
      await oneRound(daemon, { source, output: house.path, model: 'bicubic' });
      if (!warm && performance.now() > warmAt) warm = held(daemon);
      if (rounds % 20 === 0) say(`${Math.round(residentBytes(daemon.pid) / 1e6)} MB`);
    }
    await pause(100);
    const last = held(daemon);
    const growth = last.bytes - (warm?.bytes ?? 0);
    complaints.expect(growth < MOST_GROWTH, () => `the daemon grew by ${Math.round(growth / 1e6)} MB`);
    complaints.expect(
      last.files <= (warm?.files ?? 0) + 2,
      () => `${warm?.files} files open before, ${last.files} after`,
    );
    await daemon.stop();
    const notes = [
      `${rounds} jobs; memory ${Math.round(growth / 1e6)} MB more after the last two thirds, at ${Math.round(last.bytes / 1e6)} MB`,
      `files open: ${warm?.files} and ${last.files}`,
    ];
    return { done: volume, bad: [...complaints.list, ...crashes(house.file('data', 'log', 'uprez.log'))], notes };
  },
};

/** A job, a probe and three visitors. */
async function oneRound(daemon: UprezDaemon, task: { source: string; output: string; model: string }): Promise<void> {
  const { id } = await queueTask(daemon.client, task);
  const visitors = await Promise.all([1, 2, 3].map((n) => daemon.connect(`visitor ${n}`)));
  await Promise.all(visitors.map((visitor) => visitor.call('probe', { path: task.source })));
  await untilView(daemon.client, ({ jobs }) => jobs.find((job) => job.id === id && job.state === 'succeeded'));
  for (const visitor of visitors) visitor.close();
  await daemon.client.call('removeJob', { id });
}

function held({ pid }: UprezDaemon): { bytes: number; files: number } {
  return { bytes: residentBytes(pid), files: readdirSync(`/proc/${pid}/fd`).length };
}
