import { can, type DaemonClient, isSettled, type Job, type JobAction } from '@uprez/shared';
import { describe, expect, it } from 'vitest';
import { untilView } from '../support/clients.ts';
import { startTestDaemon } from '../support/daemon.ts';
import { ScriptedBackend } from '../support/scripted-backend.ts';
import { newJob } from '../support/tasks.ts';

/** The same numbers every time (mulberry32), so that a failure can be seen again. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

const verbs = [
  ['cancel', 'cancelJob'],
  ['retry', 'retryJob'],
  ['remove', 'removeJob'],
] as const satisfies [JobAction, string][];

/** One step of somebody clicking around. Only what the buttons allow, but perhaps a moment too late. */
async function click(client: DaemonClient, pick: (below: number) => number, step: number): Promise<void> {
  if (pick(3) === 0) return void (await client.call('addJobs', { jobs: [newJob({ source: `/clips/${step}.mp4` })] }));
  const { jobs } = client.view;
  const job: Job | undefined = jobs[pick(Math.max(1, jobs.length))];
  const [action, name] = verbs[pick(verbs.length)]!;
  if (!job || !can(job.state, action)) return;
  await client.call(name, { id: job.id }).catch(() => undefined);
}

const last = '/clips/last.mp4';

describe('clients that click around at the same time', () => {
  it.each([1, 2, 3])('all end up with what the daemon has (seed %i)', async (seed) => {
    const pick = numbers(seed);
    const backend = new ScriptedBackend({ slots: 2 });
    const ending = (async () => {
      for (let run = await backend.nextRun(); ; run = await backend.nextRun()) {
        if (pick(2) === 0) run.finish();
        else run.fail(new Error('scripted'));
        if (run.job.task.source === last) return;
      }
    })();
    await using daemon = await startTestDaemon({ backends: [backend] });
    const clients = await Promise.all([1, 2, 3].map((number) => daemon.connect(`client ${number}`)));
    for (let step = 0; step < 40; step++)
      await Promise.all(clients.map((client, i) => click(client, pick, step * 3 + i)));
    await clients[0]!.call('addJobs', { jobs: [newJob({ source: last })] });
    await ending;
    const settled = (view: DaemonClient['view']) =>
      view.jobs.at(-1)?.task.source === last && view.jobs.every((job) => isSettled(job.state)) ? view : undefined;
    const views = await Promise.all(clients.map((client) => untilView(client, settled)));
    const late = await daemon.connect('late');
    for (const view of views) expect(view).toEqual(late.view);
    expect(late.view.jobs.length).toBeGreaterThan(5);
  });
});
