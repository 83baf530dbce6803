import { basename } from 'node:path';
import { can, duration, isSettled, type Job, type Pairing, type View } from '@uprez/shared';
import { type Action, idOf, type Menu, type MenuItem, type Mood } from './messages.ts';

/** Everything the menu is made of. */
export interface MenuSources {
  view: View;
  pairings: readonly Pairing[];
  /** Null where this system offers no such thing. */
  startsAtLogin: boolean | null;
}

/** More would make the menu longer than some screens. */
const SHOWN = { running: 3, approvals: 3, ended: 5 };
const LONGEST_NAME = 40;

/** The whole menu of the tray. */
export function trayMenu(sources: MenuSources): Menu {
  const { view } = sources;
  const items = [
    ...statusNotes(view),
    ...approvals(view.jobs),
    line('results'),
    ...ended(view.jobs),
    line('work'),
    item({ do: 'pick', what: 'upscale' }, 'Upscale clips…'),
    item({ do: 'pick', what: 'flat' }, 'Flat-log ProRes…'),
    view.settings.paused
      ? item({ do: 'set', key: 'paused', value: false }, 'Resume queue')
      : item({ do: 'set', key: 'paused', value: true }, 'Pause queue'),
    item({ do: 'dashboard' }, 'Open dashboard'),
    line('house'),
    pairedPanels(sources.pairings),
    settings(sources),
    quit(view),
  ];
  return { mood: moodOf(view), status: statusOf(view), items: withoutIdleLines(items) };
}

function moodOf({ jobs }: View): Mood {
  if (jobs.some(({ state }) => state === 'awaiting-approval')) return 'attention';
  return jobs.some(({ state }) => state === 'running') ? 'busy' : 'idle';
}

/** "clip.mp4: 43 %, 2:05 min left", "Queue paused, 2 waiting", "Nothing to do". */
function statusOf(view: View): string {
  const running = view.jobs.find(({ state }) => state === 'running');
  if (running) return `${runningText(running, view)}${andWaiting(view, ', ')}`;
  const asking = view.jobs.filter(({ state }) => state === 'awaiting-approval').length;
  if (asking > 0) return `${counted(asking, 'job waits', 'jobs wait')} for approval`;
  if (view.settings.paused) return `Queue paused${andWaiting(view, ', ')}`;
  return andWaiting(view, '') || 'Nothing to do';
}

function andWaiting({ jobs }: View, separator: string): string {
  const waiting = jobs.filter(({ state }) => state === 'queued').length;
  return waiting > 0 ? `${separator}${waiting} waiting` : '';
}

function statusNotes(view: View): MenuItem[] {
  const running = view.jobs.filter(({ state }) => state === 'running');
  if (running.length < 2) return [{ kind: 'note', id: 'status', label: statusOf(view) }];
  const shown = running.slice(0, SHOWN.running).map((job) => runningText(job, view));
  const rest = [andMore(running.length - shown.length), andWaiting(view, '')].filter(Boolean).join(', ');
  return [...shown, ...(rest ? [rest] : [])].map((label, i) => ({ kind: 'note', id: `status ${i}`, label }));
}

function runningText(job: Job, { progress, settings }: View): string {
  const known = progress[job.id];
  const name = nameOf(job);
  if (!known) return `${name}: ${settings.paused ? 'pausing' : 'starting'}`;
  const left = known.secondsLeft === null ? '' : `, ${duration(known.secondsLeft)} left`;
  return `${name}: ${Math.floor(known.fraction * 100)} %${left}`;
}

/** A price is agreed to in a menu of its own: one click too many must not cost anything. */
function approvals(jobs: readonly Job[]): MenuItem[] {
  const asking = jobs.filter(({ state }) => can(state, 'approve'));
  return asking.slice(0, SHOWN.approvals).map((job) => {
    const credits = job.estimate.credits ?? 0;
    return submenu(`approve ${job.id}`, `${nameOf(job)} costs ${counted(credits, 'credit', 'credits')}`, [
      item({ do: 'approve', job: job.id }, `Approve ${counted(credits, 'credit', 'credits')}`),
      item({ do: 'cancel', job: job.id }, 'Cancel the job'),
    ]);
  });
}

/** The latest results and failures, newest first. */
function ended(jobs: readonly Job[]): MenuItem[] {
  const latest = jobs
    .filter(({ state }) => state === 'succeeded' || state === 'failed')
    .sort((a, b) => (b.endedAt ?? 0) - (a.endedAt ?? 0));
  return latest.slice(0, SHOWN.ended).map((job) => submenu(`ended ${job.id}`, endedText(job), endedItems(job)));
}

function endedText(job: Job): string {
  return job.output ? short(basename(job.output.path)) : `${nameOf(job)} failed`;
}

function endedItems({ id, output, error }: Job): MenuItem[] {
  if (output)
    return [
      item({ do: 'reveal', path: output.path }, 'Show in folder'),
      item({ do: 'copy', path: output.path }, 'Copy path'),
    ];
  return [
    { kind: 'note', id: `why ${id}`, label: error?.message ?? 'The reason is not known.' },
    item({ do: 'retry', job: id }, 'Try again'),
    item({ do: 'dashboard' }, 'Open dashboard'),
  ];
}

function pairedPanels(pairings: readonly Pairing[]): MenuItem {
  if (pairings.length === 0) return { kind: 'note', id: 'pairings', label: 'No paired panels' };
  const panels = pairings.map(({ id, name }) =>
    submenu(`pairing ${id}`, short(name), [item({ do: 'revoke', pairing: id }, 'Revoke: it has to pair again')]),
  );
  return submenu('pairings', 'Paired panels', panels);
}

function settings({ view, startsAtLogin }: MenuSources): MenuItem {
  const { notifyEnded, notifyApproval } = view.settings;
  return submenu('settings', 'Settings', [
    checkbox({ do: 'set', key: 'notifyEnded', value: !notifyEnded }, 'Tell me when a job ends', notifyEnded),
    checkbox(
      { do: 'set', key: 'notifyApproval', value: !notifyApproval },
      'Tell me when a job needs approval',
      notifyApproval,
    ),
    ...(startsAtLogin === null
      ? []
      : [checkbox({ do: 'start-at-login', on: !startsAtLogin }, 'Start at login', startsAtLogin)]),
    line('more'),
    item({ do: 'dashboard' }, 'More in the dashboard…'),
  ]);
}

/** Asks, by a menu of its own, where something would be interrupted. */
function quit({ jobs }: View): MenuItem {
  const open = jobs.filter(({ state }) => !isSettled(state)).length;
  if (open === 0) return item({ do: 'quit' }, 'Quit Uprez');
  return submenu('quit', 'Quit Uprez…', [
    {
      kind: 'note',
      id: 'quit note',
      label: `${counted(open, 'job is', 'jobs are')} not done; unfinished work goes on at the next start.`,
    },
    item({ do: 'quit' }, 'Quit all the same'),
  ]);
}

/** A separator stands between two other items and never twice. */
function withoutIdleLines(items: readonly MenuItem[]): MenuItem[] {
  return items.filter((each, i) => each.kind !== 'line' || (i > 0 && items[i + 1]?.kind !== 'line'));
}

function nameOf(job: Job): string {
  return short(basename(job.task.source));
}

/** Beginning and end, since names of one shoot differ at the end. */
function short(name: string): string {
  const letters = Array.from(name);
  if (letters.length <= LONGEST_NAME) return name;
  const half = (LONGEST_NAME - 2) / 2;
  return `${letters.slice(0, half).join('')}…${letters.slice(-half).join('')}`;
}

function andMore(count: number): string {
  return count > 0 ? `${count} more running` : '';
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

function line(id: string): MenuItem {
  return { kind: 'line', id: `line ${id}` };
}

function item(action: Action, label: string): MenuItem {
  return { kind: 'action', id: idOf(action), label, checked: null };
}

function checkbox(action: Action, label: string, checked: boolean): MenuItem {
  return { kind: 'action', id: idOf(action), label, checked };
}

function submenu(id: string, label: string, items: readonly MenuItem[]): MenuItem {
  return { kind: 'menu', id, label, items };
}
