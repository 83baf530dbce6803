import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { AppError, type DaemonClient, isSettled, type Job, toWire } from '@uprez/shared';
import { chooseDisplay } from './displays.ts';
import { type Display, follow } from './follow.ts';
import { namesFile, rangeOf, taskOf, type UpscaleFlags } from './options.ts';
import { errorLine } from './print.ts';
import type { SteadyClient } from './steady-client.ts';
import type { StopCode } from './stop-signals.ts';
import type { Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

interface Queued {
  jobs: Job[];
  /** Clips that were refused. */
  refused: { clip: string; error: unknown }[];
}

export function checkUpscale(clips: string[], flags: UpscaleFlags): void {
  if (flags.output !== undefined && namesFile(flags.output) && clips.length > 1)
    throw new UsageError(`--output names one file, but there are ${clips.length} clips. Give a folder instead.`);
}

/** Queues the clips and stays with them to the end. Resolves to the exit code. */
export async function upscale(
  daemon: SteadyClient,
  request: { clips: string[]; flags: UpscaleFlags; stopped: Promise<StopCode> },
  terminal: Terminal,
): Promise<number> {
  const { clips, flags, stopped } = request;
  const { json = false, detach = false } = flags;
  await daemon.use((_client, { own }) => {
    if (detach && own) throw new AppError('daemon.not-running');
    return Promise.resolve();
  });
  const queued = await queueAll(daemon, clips, flags);
  for (const { clip, error } of queued.refused)
    terminal.note(clips.length > 1 ? `${clip}: ${errorLine(error)}` : errorLine(error));
  if (detach) return reportDetached(queued, terminal);
  const ended = await stayWith(daemon, queued.jobs, { stopped, display: chooseDisplay(terminal, json) });
  if (typeof ended === 'number') return ended;
  return report(ended, { ...queued, json, terminal });
}

/** Each clip on its own: one that is refused keeps nobody else from being done. */
async function queueAll(daemon: SteadyClient, clips: string[], flags: UpscaleFlags): Promise<Queued> {
  const queued: Queued = { jobs: [], refused: [] };
  const absolute = flags.output === undefined ? flags : { ...flags, output: resolve(flags.output) };
  for (const clip of clips) {
    const request = { source: resolve(clip), flags: absolute, requestId: randomUUID() };
    try {
      queued.jobs.push(await daemon.use((client) => queueOne(client, request)));
    } catch (error) {
      // A wrong time is a wrong command line, whatever the clip.
      if (error instanceof AppError && error.code === 'input.bad-time')
        throw new UsageError(errorLine(error), { cause: error });
      queued.refused.push({ clip, error });
    }
  }
  return queued;
}

interface Request {
  source: string;
  flags: UpscaleFlags;
  requestId: string;
}

async function queueOne(client: DaemonClient, { source, flags, requestId }: Request): Promise<Job> {
  const task = taskOf(source, flags, client.view.settings);
  if (flags.from !== undefined || flags.to !== undefined)
    task.range = rangeOf(flags, await client.call('probe', { path: source }));
  try {
    const [job] = await client.call('addJobs', { jobs: [{ task, requestId }] });
    if (job) return job;
    throw new AppError('daemon.internal');
  } catch (error) {
    // The same command again, after a crash for instance, means that very job.
    const id = error instanceof AppError && error.code === 'request.duplicate' ? error.data['id'] : undefined;
    if (typeof id !== 'string') throw error;
    return client.call('getJob', { id });
  }
}

/** The ended jobs, or the exit code when somebody stopped us. */
async function stayWith(
  daemon: SteadyClient,
  jobs: Job[],
  { stopped, display }: { stopped: Promise<StopCode>; display: Display },
): Promise<Job[] | StopCode> {
  if (jobs.length === 0) return [];
  const following = daemon.use((client) => follow(client, jobs, display));
  const first = await Promise.race([following, stopped]);
  if (typeof first !== 'number') return first;
  // Ctrl-C means: not this job. The end of the session means: not now; the job goes on at the next start.
  if (first !== 130) {
    following.catch(() => {});
    return first;
  }
  await daemon.use((client) => cancelAll(client, jobs));
  await following;
  return first;
}

async function cancelAll(client: DaemonClient, jobs: Job[]): Promise<void> {
  for (const { id } of jobs) {
    const job = client.view.jobs.find((each) => each.id === id);
    if (!job || isSettled(job.state)) continue;
    try {
      await client.call('cancelJob', { id });
    } catch (error) {
      // It ended in this very moment.
      if (!(error instanceof AppError) || error.code !== 'job.illegal-action') throw error;
    }
  }
}

function reportDetached({ jobs, refused }: Queued, terminal: Terminal): number {
  for (const job of jobs) terminal.out(job.id);
  return refused.length > 0 ? 1 : 0;
}

interface Summary extends Queued {
  terminal: Terminal;
  json: boolean;
}

function report(jobs: Job[], { refused, terminal, json }: Summary): number {
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
