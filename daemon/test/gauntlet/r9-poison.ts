import { copyFileSync, writeFileSync } from 'node:fs';
import { isSettled } from '@uprez/shared';
import { untilView } from '../support/clients.ts';
import { clip } from '../support/clips.ts';
import { startLocalDaemon } from '../support/local.ts';
import { tempDir } from '../support/temp-dir.ts';
import { fileURLToPath } from 'node:url';
import { Complaints, type Experiment, type Order, type Outcome } from './experiment.ts';

const engine = fileURLToPath(new URL('../../dist/engine.mjs', import.meta.url));
const ATTEMPTS = 3;

/** An engine that breaks, in one way or another, wherever it meets a clip that is named so. */
const fragile = `
// The order may come before the engine listens.
process.once('message', async (message) => {
  const path = message.task?.plan.source.path ?? '';
  if (path.includes('poison-abort')) process.abort();
  if (path.includes('poison-throw')) throw new Error('poison');
  if (path.includes('poison-exit')) process.exit(7);
  await import(${JSON.stringify(engine)});
  process.emit('message', message);
});`;

export const poison: Experiment = {
  id: 'R9',
  claim: 'Clips that crash the engine every time are set aside after three attempts, and all others are done',
  unit: 'jobs',
  volume: { full: 60, short: 6 },
  async run({ volume, chance }: Order): Promise<Outcome> {
    using folder = tempDir();
    const complaints = new Complaints();
    writeFileSync(folder.file('engine.mjs'), fragile);
    await using daemon = await startLocalDaemon({ script: folder.file('engine.mjs') });
    const source = await clip({ width: 96, height: 64, frames: 12 });
    const kinds = ['abort', 'throw', 'exit'];
    const names = chance.shuffled(
      Array.from({ length: volume }, (_, i) =>
        i % 6 === 0 ? `poison-${kinds[(i / 6) % 3]}-${i}.mp4` : `good-${i}.mp4`,
      ),
    );
    for (const name of names) copyFileSync(source, folder.file(name));
    const jobs = names.map((name) => ({ task: { source: folder.file(name), model: 'bicubic' } }));
    const queued = await daemon.client.call('addJobs', { jobs });
    for (const { id, task } of queued) {
      const job = await untilView(daemon.client, (view) =>
        view.jobs.find((each) => each.id === id && isSettled(each.state)),
      );
      const bad = task.source.includes('poison');
      const wanted = bad ? 'failed after 3' : 'succeeded after 1';
      const found = `${job.state} after ${job.attempts}`;
      complaints.expect(found === wanted, () => `${task.source}: ${found} (${job.error?.code})`);
    }
    const poisoned = names.filter((name) => name.includes('poison')).length;
    return {
      done: volume,
      bad: complaints.list,
      notes: [`${poisoned} of them poison, each given up after ${ATTEMPTS} attempts`],
    };
  },
};
