import { appendFileSync, copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { untilEnded, untilView } from '../support/clients.ts';
import { clip } from '../support/clips.ts';
import { frameHashes } from '../support/tools.ts';
import { canMount, withSmallDisk } from '../support/small-disk.ts';
import { openHouse, queueTask } from '../support/uprez-process.ts';
import { Complaints, type Experiment, type Order, type Outcome } from './experiment.ts';

/** Enough for a result and what is to be spared. */
const ROOM_MB = 700;

export const fullDisk: Experiment = {
  id: 'R5',
  claim:
    'The disk with results and database is full in the middle of a job, and has room again later: the same frames, nothing left over',
  unit: 'times',
  volume: { full: 10, short: 1 },
  hindrance: () => (canMount() ? undefined : 'may not mount a disk of its own here'),
  async run({ volume, chance, say }: Order): Promise<Outcome> {
    await using house = openHouse();
    const complaints = new Complaints();
    const source = house.file('sea.mp4');
    copyFileSync(await clip({ width: 320, height: 180, rate: '50', frames: 300, sounds: [{}] }), source);
    const disk = house.file('data');
    mkdirSync(disk);
    const daemon = await house.daemon(withSmallDisk(disk, ROOM_MB));
    // The mount exists for the daemon only; this is how others see it.
    const seen = (path: string): string => join('/proc', String(daemon.pid), 'root', path);
    const results = join(disk, 'results');
    mkdirSync(seen(results));
    const { client } = daemon;
    const run = async (disturb: (id: string) => Promise<void>): Promise<string[]> => {
      const { id } = await queueTask(client, { source, model: 'bicubic', output: results });
      await disturb(id);
      const job = await untilEnded(client, id);
      complaints.expect(job.state === 'succeeded', () => `${job.state}: ${job.error?.code}`);
      const frames = job.output ? await frameHashes(seen(job.output.path), '-map', '0') : [];
      complaints.expect(
        !readdirSync(seen(results)).some((name) => name.endsWith('.partial')),
        () => 'a partial file is left',
      );
      await client.call('removeJob', { id });
      return frames;
    };
    const reference = await run(() => Promise.resolve());
    for (let i = 0; i < volume; i++) {
      const frames = await run(async (id) => {
        await untilView(client, ({ progress }) => (progress[id]?.stage === 'process' ? true : undefined));
        await pause(chance.fraction() * 300);
        fill(seen(join(disk, 'ballast')));
        await pause(500 + chance.fraction() * 2000);
        rmSync(seen(join(disk, 'ballast')));
      });
      complaints.expect(String(frames) === String(reference), () => 'other frames');
      say(`${i + 1} times`);
    }
    await daemon.stop();
    complaints.expect((await daemon.ended) === 0, () => 'the daemon did not end well');
    return { done: volume, bad: complaints.list, notes: ['database, log and results on one small disk'] };
  },
};

/** Writes until nothing fits any more. */
function fill(file: string): void {
  const block = Buffer.alloc(1024 * 1024);
  for (let size = block.length; size >= 512; size = size === block.length ? 512 : 0) {
    try {
      for (;;) appendFileSync(file, block.subarray(0, size));
    } catch {
      // No room for another block of this size.
    }
  }
}
