import {
  AppError,
  type DaemonClient,
  type Enlargement,
  type Job,
  type LookId,
  type Model,
  type NewTask,
  noModel,
  type Settings,
} from '@uprez/shared';
import type { Host, SelectedClip, Selection } from '../host/host.ts';
import type { Courier } from './courier.ts';
import type { Wish } from './plan.ts';
import { planSelection, queuePlan } from './upscale.ts';

/** What can be done with clips and jobs from a menu or a button. */
export type Act =
  | { do: 'upscale'; scale: Enlargement; model: string | null }
  | { do: 'flat'; look: LookId }
  | { do: 'approve' | 'cancel' | 'retry' | 'remove' }
  | { do: 'move'; before: string | null }
  | { do: 'reveal'; file: 'source' | 'result' }
  | { do: 'open-in-source' | 'restore' | 'import-again' | 'download' };

/** Whom it takes. */
export interface Actors {
  client: DaemonClient;
  host: Host;
  /** Only where there is a host to deliver to. */
  courier: Courier | null;
  settings: Settings;
  models: readonly Model[];
}

/** What of a task the user chooses; everything else follows from the clip. */
export type Choice = Pick<NewTask, 'backend' | 'model' | 'scale' | 'look'>;

/** The task behind "upscale", as the settings have it where nothing else is said. */
export function upscaleChoice(
  settings: Settings,
  models: readonly Model[],
  { scale = settings.scale, model }: { scale?: Enlargement; model?: string | null } = {},
): Choice {
  const chosen = model ?? settings.model;
  const backend = models.find(({ id }) => id === chosen)?.backend ?? settings.backend;
  return { backend, model: chosen, scale, look: { id: settings.look } };
}

/** ProRes at the same size with a look; without one it is the plain flat look that people ask for. */
export function flatChoice(look: LookId): Choice {
  return { backend: 'local', model: noModel, scale: 1, look: { id: look === 'none' ? 'flat' : look } };
}

export function wishOf(choice: Choice, settings: Settings, refused: Wish['refused'] = 'skip'): Wish {
  const { handles, delivery, disableOriginal } = settings;
  return { task: choice, handles, mode: delivery, disableOriginal, refused };
}

/** Queues selected clips. Throws what probes and the daemon throw, and `host.*`. */
export async function queueSelection(client: DaemonClient, selection: Selection, wish: Wish): Promise<Job[]> {
  return queuePlan(client, await planSelection(client, selection, wish));
}

/** Throws what the daemon and the host throw. */
export async function actOnJob(act: Act, job: Job, actors: Actors): Promise<void> {
  const { client, host, courier } = actors;
  const { id } = job;
  switch (act.do) {
    case 'upscale':
      return again(job, upscaleChoice(actors.settings, actors.models, act), client);
    case 'flat':
      return again(job, flatChoice(act.look), client);
    case 'reveal':
      return void (await client.call('revealJob', { id, file: act.file }));
    case 'open-in-source':
      return host.openInSourceMonitor(job.output?.path ?? job.task.source);
    case 'restore':
      return host.restore(id);
    case 'import-again':
      return courier?.deliverAgain(job);
    case 'move':
      return void (await client.call('moveJob', { id, before: act.before }));
    case 'download':
      // A link of the page: the browser does it by itself.
      return;
    case 'approve':
    case 'cancel':
    case 'retry':
    case 'remove':
      return void (await client.call(`${act.do}Job`, { id }));
  }
}

/** Throws what the daemon and the host throw. */
export async function actOnClips(act: Act, selection: Selection, actors: Actors): Promise<void> {
  const { client, host, settings, models } = actors;
  const [clip] = selection.clips;
  switch (act.do) {
    case 'upscale':
      return void (await queueSelection(client, selection, wishOf(upscaleChoice(settings, models, act), settings)));
    case 'flat':
      return void (await queueSelection(client, selection, wishOf(flatChoice(act.look), settings)));
    case 'reveal':
      return host.reveal(fileOf(clip));
    case 'open-in-source':
      return host.openInSourceMonitor(fileOf(clip));
    case 'restore':
      return restoreClips(selection.clips, actors);
    case 'approve':
    case 'cancel':
    case 'retry':
    case 'remove':
    case 'move':
    case 'import-again':
    case 'download':
      // Of jobs only; no menu of a clip has them.
      return;
  }
}

/** Jobs that put something over these clips and can be undone. */
export function restorableJobs(
  clips: readonly SelectedClip[],
  jobs: readonly Job[],
  restorable: ReadonlySet<string>,
): Job[] {
  const keys = new Set(clips.map(({ key }) => key));
  return jobs.filter((job) => restorable.has(job.id) && targetKeys(job).some((key) => keys.has(key)));
}

async function restoreClips(clips: readonly SelectedClip[], { client, host }: Actors): Promise<void> {
  for (const job of restorableJobs(clips, client.view.jobs, host.restorable.get())) await host.restore(job.id);
}

/** The same clip once more, made in another way, for the same place. */
async function again({ task, host }: Job, choice: Choice, client: DaemonClient): Promise<void> {
  await client.call('addJobs', { jobs: [{ task: { ...task, ...choice }, host, requestId: crypto.randomUUID() }] });
}

function targetKeys({ host }: Job): string[] {
  const targets = host?.['targets'];
  if (!Array.isArray(targets)) return [];
  return targets.flatMap((target: { key?: unknown } | null) => (typeof target?.key === 'string' ? [target.key] : []));
}

function fileOf(clip: SelectedClip | undefined): string {
  if (!clip) throw new AppError('host.nothing-selected');
  if (clip.mediaPath === null) throw new AppError('host.no-file', { clip: clip.name });
  return clip.mediaPath;
}
