import { can, type Job, type LookId, type Model, noModel, type Settings } from '@uprez/shared';
import { type Act, restorableJobs } from '../flows/act.ts';
import type { Host, Selection } from '../host/host.ts';
import { words } from './words.ts';

/** A menu before anybody draws it: the panel's own, the host's flyout and others show the same one. */
export type MenuItem =
  | { kind: 'act'; label: string; act: Act; enabled: boolean; checked?: boolean }
  | { kind: 'submenu'; label: string; items: readonly MenuItem[]; enabled: boolean }
  | { kind: 'divider' };

/** What menus depend on besides the clip or job they belong to. */
export interface MenuContext {
  host: Host['kind'];
  settings: Settings;
  models: readonly Model[];
  jobs: readonly Job[];
  restorable: ReadonlySet<string>;
  looks: readonly { id: LookId; name: string }[];
}

const divider: MenuItem = { kind: 'divider' };

/** The menu of what is selected in the host. */
export function clipMenu(selection: Selection, context: MenuContext): MenuItem[] {
  const { clips } = selection;
  const files = clips.filter(({ mediaPath }) => mediaPath !== null);
  const usable = clips.some(({ refusal, mediaPath }) => !refusal && mediaPath !== null);
  const one = clips.length === 1 && files.length === 1;
  const restorable = restorableJobs(clips, context.jobs, context.restorable).length > 0;
  return [
    ...makingItems(context, usable),
    divider,
    act(words.revealSource, { do: 'reveal', file: 'source' }, one),
    act(words.openInSource, { do: 'open-in-source' }, one),
    divider,
    act(words.restore, { do: 'restore' }, restorable),
  ];
}

/** The menu of a job: what can be done about it now, the rest greyed out where people will look for it. */
export function jobMenu(job: Job, context: MenuContext): MenuItem[] {
  const inHost = context.host !== 'none';
  const done = job.output !== null;
  const running = can(job.state, 'cancel');
  return [
    ...stateItems(job),
    divider,
    act(words.reveal, { do: 'reveal', file: 'result' }, done),
    act(words.revealSource, { do: 'reveal', file: 'source' }, true),
    ...(inHost ? hostItems(job, context) : [act(words.download, { do: 'download' }, done)]),
    divider,
    ...makingItems(context, true),
    ...(job.state === 'queued' ? [divider, ...orderItems(job, context.jobs)] : []),
    ...(running ? [] : [divider, act(words.remove, { do: 'remove' }, can(job.state, 'remove'))]),
  ];
}

/** Items one after the other, submenus opened: for menus that can't nest, and for tests. */
export function flattened(items: readonly MenuItem[]): Extract<MenuItem, { kind: 'act' }>[] {
  return items.flatMap((item) => {
    if (item.kind === 'submenu') return flattened(item.items);
    return item.kind === 'act' ? [item] : [];
  });
}

function stateItems({ state }: Job): MenuItem[] {
  return [
    ...(can(state, 'approve') ? [act(words.approve, { do: 'approve' }, true)] : []),
    act(words.cancel, { do: 'cancel' }, can(state, 'cancel')),
    act(words.retry, { do: 'retry' }, can(state, 'retry')),
  ];
}

function hostItems(job: Job, { restorable }: MenuContext): MenuItem[] {
  const done = job.output !== null;
  return [
    act(words.openInSource, { do: 'open-in-source' }, true),
    act(words.importAgain, { do: 'import-again' }, done && job.delivery !== 'none'),
    act(words.restore, { do: 'restore' }, restorable.has(job.id)),
  ];
}

function makingItems({ settings, models, looks }: MenuContext, enabled: boolean): MenuItem[] {
  const ready = models.filter((model) => model.ready && model.id !== noModel);
  return [
    act(words.upscaleBy(2), { do: 'upscale', scale: 2, model: null }, enabled),
    act(words.upscaleBy(4), { do: 'upscale', scale: 4, model: null }, enabled),
    {
      kind: 'submenu',
      label: words.withModel,
      enabled: enabled && ready.length > 0,
      items: ready.map(({ id, name }) => ({
        ...act(name, { do: 'upscale', scale: settings.scale, model: id }, enabled),
        checked: id === settings.model,
      })),
    },
    act(words.flat, { do: 'flat', look: 'flat' }, enabled),
    {
      kind: 'submenu',
      label: words.flatWith,
      enabled: enabled && looks.length > 0,
      items: looks
        .filter(({ id }) => id !== 'none')
        .map(({ id, name }) => act(name, { do: 'flat', look: id }, enabled)),
    },
  ];
}

/** Among jobs that wait like this one. */
function orderItems(job: Job, jobs: readonly Job[]): MenuItem[] {
  const queued = jobs.filter(({ state }) => state === 'queued').toSorted((a, b) => a.position - b.position);
  const at = queued.findIndex(({ id }) => id === job.id);
  const [first, before, afterNext] = [queued[0], queued[at - 1], queued[at + 2]];
  const last = at === queued.length - 1;
  return [
    act(words.moveFirst, { do: 'move', before: first?.id ?? null }, at > 0),
    act(words.moveUp, { do: 'move', before: before?.id ?? null }, at > 0),
    act(words.moveDown, { do: 'move', before: afterNext?.id ?? null }, at >= 0 && !last),
  ];
}

function act(label: string, what: Act, enabled: boolean): Extract<MenuItem, { kind: 'act' }> {
  return { kind: 'act', label, act: what, enabled };
}
