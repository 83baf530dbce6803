import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { AppError, type DaemonClient, type Job, timelineOf } from '@uprez/shared';
import { namesFile, rangeOf, taskOf, type UpscaleFlags } from './options.ts';
import { errorLine, estimateLine, warningLines } from './print.ts';
import { type Queued, stayToTheEnd } from './stay.ts';
import type { SteadyClient } from './steady-client.ts';
import type { StopCode } from './stop-signals.ts';
import type { Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

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
  if (!json) for (const job of queued.jobs) terminal.note(estimateLine(job));
  if (detach) return reportDetached(queued, { terminal, json });
  return stayToTheEnd(daemon, queued, { stopped, json, terminal });
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
    task.range = rangeOf(flags, timelineOf(await client.call('probe', { path: source }), flags.fps ?? null));
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

function reportDetached({ jobs, refused }: Queued, { terminal, json }: { terminal: Terminal; json: boolean }): number {
  if (!json) for (const line of jobs.flatMap(warningLines)) terminal.note(line);
  for (const job of jobs) terminal.out(job.id);
  return refused.length > 0 ? 1 : 0;
}
