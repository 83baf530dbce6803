import { resolve } from 'node:path';
import { AppError, type DaemonClient, isSettled, type Job, toWire } from '@uprez/shared';
import { cancelCostOf, keptLine } from './cancel-cost.ts';
import { chooseDisplay } from './displays.ts';
import { type Display, follow } from './follow.ts';
import { clipName } from './print.ts';
import type { SteadyClient } from './steady-client.ts';
import type { StopCode } from './stop-signals.ts';
import type { Terminal } from './terminal.ts';

export interface Queued {
  jobs: Job[];
  /** Clips that were refused. */
  refused: { clip: string; error: unknown }[];
}

interface StayOptions {
  stopped: Promise<StopCode>;
  json: boolean;
  terminal: Terminal;
}

/** Follows jobs until they have ended and prints the results. Resolves to the exit code. */
export async function stayToTheEnd(daemon: SteadyClient, queued: Queued, options: StayOptions): Promise<number> {
  const display = chooseDisplay(options.terminal, options.json);
  const { stopped, terminal } = options;
  const ended = await stayWith(daemon, queued.jobs, { stopped, display, terminal });
  return typeof ended === 'number' ? ended : report(ended, { ...queued, ...options });
}

/** The ended jobs, or the exit code when somebody stopped us. */
async function stayWith(
  daemon: SteadyClient,
  jobs: Job[],
  { stopped, display, terminal }: Pick<StayOptions, 'stopped' | 'terminal'> & { display: Display },
): Promise<Job[] | StopCode> {
  if (jobs.length === 0) return [];
  const following = daemon.use((client) => follow(client, jobs, display));
  const first = await Promise.race([following, stopped]);
  if (typeof first !== 'number') return first;
  following.catch(() => {});
  // Ctrl-C means: not this job. The end of the session means: not now; the job goes on at the next start.
  if (first !== 130) return first;
  const cancelled = await daemon.use((client) => cancelAll(client, jobs, terminal));
  await daemon.use((client) => follow(client, cancelled, display));
  return first;
}

/** One key must not cost money: jobs whose cancellation does go on, in this daemon or the next. The rest is returned. */
async function cancelAll(client: DaemonClient, jobs: Job[], terminal: Terminal): Promise<Job[]> {
  const cancelled: Job[] = [];
  for (const { id } of jobs) {
    const job = client.view.jobs.find((each) => each.id === id);
    if (!job || isSettled(job.state)) continue;
    const cost = await cancelCostOf(client, job);
    if (cost?.charged !== 0) {
      terminal.note(keptLine(clipName(job), { id, cost }));
      continue;
    }
    cancelled.push(job);
    try {
      await client.call('cancelJob', { id });
    } catch (error) {
      // It ended in this very moment.
      if (!(error instanceof AppError) || error.code !== 'job.illegal-action') throw error;
    }
  }
  return cancelled;
}

function report(jobs: Job[], { refused, terminal, json }: Queued & StayOptions): number {
  const done = jobs.filter((job) => job.state === 'succeeded');
  const total = jobs.length + refused.length;
  if (json) terminal.out(JSON.stringify(resultOf(jobs, refused)));
  else {
    if (total > 1) terminal.note(`${total} clips: ${done.length} done, ${total - done.length} not.`);
    for (const job of done) if (job.output) terminal.out(job.output.path);
  }
  return done.length === total ? 0 : 1;
}

/** The last JSON line: what came of every clip. */
function resultOf(jobs: Job[], refused: Queued['refused']) {
  const ended = jobs.map(({ id, state, task, output, error }) => ({ id, state, source: task.source, output, error }));
  const rejected = refused.map(({ clip, error }) => ({
    id: null,
    state: 'refused',
    source: resolve(clip),
    output: null,
    error: toWire(error),
  }));
  return { event: 'result', jobs: [...ended, ...rejected] };
}
