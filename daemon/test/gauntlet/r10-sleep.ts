import { setTimeout as pause } from 'node:timers/promises';
import { untilEnded, untilView } from '../support/clients.ts';
import { clip } from '../support/clips.ts';
import { processesIn, seesProcesses } from '../support/processes.ts';
import { frameHashes } from '../support/tools.ts';
import { openHouse, queueTask } from '../support/uprez-process.ts';
import { Complaints, type Experiment, type Order, type Outcome } from './experiment.ts';

export const sleep: Experiment = {
  id: 'R10',
  claim:
    'Everything stands still in the middle of a job, as when the lid is closed, and goes on: the same frames, in the same attempt',
  unit: 'sleeps',
  volume: { full: 30, short: 2 },
  hindrance: () => (seesProcesses ? undefined : 'needs SIGSTOP and a list of processes; see the checklist'),
  async run({ volume, chance, say }: Order): Promise<Outcome> {
    await using house = openHouse();
    const complaints = new Complaints();
    const source = await clip({ width: 192, height: 108, rate: '50', frames: 400, sounds: [{}] });
    const { client } = await house.daemon();
    const run = async (disturb?: (id: string) => Promise<number>): Promise<{ frames: string[]; sleeps: number }> => {
      const { id } = await queueTask(client, { source, model: 'bicubic', output: house.path });
      const sleeps = (await disturb?.(id)) ?? 0;
      const job = await untilEnded(client, id);
      complaints.expect(
        job.state === 'succeeded' && job.attempts === 1,
        () => `${job.state} after ${job.attempts} attempts`,
      );
      await client.call('removeJob', { id });
      return { frames: job.output ? await frameHashes(job.output.path, '-map', '0') : [], sleeps };
    };
    const reference = await run();
    let done = 0;
    while (done < volume) {
      const { frames, sleeps } = await run(async (id) => {
        await untilView(client, ({ progress }) => (progress[id]?.stage === 'process' ? true : undefined));
        let slept = 0;
        for (; slept < 3 && client.view.jobs.some((job) => job.id === id && job.state === 'running'); slept++) {
          await asleep(house.path, 300 + chance.fraction() * 1200);
          await pause(50);
        }
        return slept;
      });
      done += sleeps;
      complaints.expect(String(frames) === String(reference.frames), () => 'other frames');
      const odd = Object.values(client.view.progress).filter(({ secondsLeft }) => (secondsLeft ?? 0) < 0);
      complaints.expect(odd.length === 0, () => 'a time left below zero');
      say(`${done} sleeps`);
    }
    return {
      done,
      bad: complaints.list,
      notes: ['clocks that are set are tested with a clock of their own (clock-jumps.media.test.ts)'],
    };
  },
};

/** Stops everybody who works in a folder for a while. */
async function asleep(folder: string, ms: number): Promise<void> {
  const everybody = processesIn(folder);
  const tell = (signal: NodeJS.Signals): void => {
    for (const { pid } of everybody)
      try {
        process.kill(pid, signal);
      } catch {
        // Ended in this moment.
      }
  };
  tell('SIGSTOP');
  await pause(ms);
  tell('SIGCONT');
}
