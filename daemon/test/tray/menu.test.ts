import { emptyView, type Job, Job as JobSchema, type Pairing, type Progress, type View } from '@uprez/shared';
import { describe, expect, it } from 'vitest';
import { trayMenu } from '../../src/tray/menu.ts';
import { actionOf, type MenuItem } from '../../src/tray/messages.ts';
import { estimate, mediaOf, output, taskOf } from '../support/tasks.ts';

let made = 0;

function job(change: Partial<Job> = {}): Job {
  made += 1;
  return JobSchema.parse({
    ...{ id: `job-${made}`, position: made, task: taskOf(), media: mediaOf(), estimate, state: 'queued', attempts: 0 },
    ...{ createdAt: 0, startedAt: null, endedAt: null, error: null, output: null, delivery: 'none', host: null },
    ...{ steps: [], revision: made },
    ...change,
  });
}

const progress: Progress = {
  ...{ stage: 'process', fraction: 0.437, framesDone: 42, framesTotal: 96, framesPerSecond: 8, secondsLeft: 125 },
};

function viewOf(jobs: Job[], change: Partial<View> = {}): View {
  return { ...emptyView, jobs, ...change };
}

function menuOf(view: View, rest: { pairings?: Pairing[]; startsAtLogin?: boolean | null } = {}) {
  return trayMenu({ view, pairings: [], startsAtLogin: null, ...rest });
}

/** Labels, those of submenus behind their own. */
function labels(items: readonly MenuItem[], path = ''): string[] {
  return items.flatMap((item) => {
    if (item.kind === 'line') return ['—'];
    const own = path + item.label;
    return item.kind === 'menu' ? [own, ...labels(item.items, `${own} ▸ `)] : [own];
  });
}

function all(items: readonly MenuItem[]): MenuItem[] {
  return items.flatMap((item) => (item.kind === 'menu' ? [item, ...all(item.items)] : [item]));
}

describe('the status line', () => {
  it('says how far the running job is and how many wait', () => {
    const running = job({ state: 'running' });
    const view = viewOf([running, job(), job()], { progress: { [running.id]: progress } });
    expect(menuOf(view)).toMatchObject({ mood: 'busy', status: 'sea.mp4: 43 %, 2:05 min left, 2 waiting' });
  });

  it('has a line for each of several running jobs, and one for the rest', () => {
    const running = ['a', 'b', 'c', 'd'].map((name) =>
      job({ state: 'running', task: taskOf({ source: `/${name}.mov` }) }),
    );
    const view = viewOf([...running, job()], { progress: { [running[0]?.id ?? '']: progress } });
    expect(labels(menuOf(view).items).slice(0, 4)).toEqual([
      'a.mov: 43 %, 2:05 min left',
      'b.mov: starting',
      'c.mov: starting',
      '1 more running, 1 waiting',
    ]);
  });

  it('says that nothing is to do, that the queue is paused, and that a job waits for somebody', () => {
    expect(menuOf(viewOf([])).status).toBe('Nothing to do');
    const settings = { ...emptyView.settings, paused: true };
    expect(menuOf(viewOf([job()], { settings })).status).toBe('Queue paused, 1 waiting');
    const asking = job({ state: 'awaiting-approval', estimate: { ...estimate, credits: 12 } });
    expect(menuOf(viewOf([asking]))).toMatchObject({ mood: 'attention', status: '1 job waits for approval' });
  });
});

describe('the menu', () => {
  it('offers each result to be shown and copied, newest first and five at most', () => {
    const done = [1, 2, 3, 4, 5, 6].map((endedAt) =>
      job({ state: 'succeeded', endedAt, output: { ...output, path: `/out/${endedAt}.mov` } }),
    );
    const names = menuOf(viewOf(done)).items.flatMap((item) => (item.kind === 'menu' ? [item.label] : []));
    expect(names.slice(0, 5)).toEqual(['6.mov', '5.mov', '4.mov', '3.mov', '2.mov']);
    const reveal = all(menuOf(viewOf(done)).items).find(
      (item) => item.kind === 'action' && item.label === 'Show in folder',
    );
    expect(actionOf(reveal?.id ?? '')).toEqual({ do: 'reveal', path: '/out/6.mov' });
  });

  it('says why a job failed and lets it be tried again', () => {
    const wire = {
      code: 'input.missing',
      message: '“sea.mp4” does not exist.',
      next: 'Check the path.',
      retryable: false,
    };
    const failed = job({ state: 'failed', endedAt: 1, error: { ...wire, data: {} } as Job['error'] });
    expect(labels(menuOf(viewOf([failed])).items)).toEqual(
      expect.arrayContaining([
        'sea.mp4 failed',
        'sea.mp4 failed ▸ “sea.mp4” does not exist.',
        'sea.mp4 failed ▸ Try again',
      ]),
    );
  });

  it('never costs anything by one click', () => {
    const asking = job({ state: 'awaiting-approval', estimate: { ...estimate, credits: 12 } });
    const top = menuOf(viewOf([asking])).items;
    expect(top.map((item) => actionOf(item.id)?.do)).not.toContain('approve');
    expect(labels(top)).toContain('sea.mp4 costs 12 credits ▸ Approve 12 credits');
  });

  it('revokes a paired panel', () => {
    const pairing = { id: 'p1', name: 'Premiere on this computer', createdAt: 0, lastSeenAt: null };
    const revoke = all(menuOf(viewOf([]), { pairings: [pairing] }).items).find(
      ({ id }) => actionOf(id)?.do === 'revoke',
    );
    expect(actionOf(revoke?.id ?? '')).toEqual({ do: 'revoke', pairing: 'p1' });
  });

  it('shows what is on, and a click turns it around', () => {
    const settings = { ...emptyView.settings, notifyEnded: false };
    const items = all(menuOf(viewOf([], { settings }), { startsAtLogin: true }).items);
    const boxes = items.flatMap((item) =>
      item.kind === 'action' && item.checked !== null ? [[item.label, item.checked, actionOf(item.id)]] : [],
    );
    expect(boxes).toEqual([
      ['Tell me when a job ends', false, { do: 'set', key: 'notifyEnded', value: true }],
      ['Tell me when a job needs approval', true, { do: 'set', key: 'notifyApproval', value: false }],
      ['Start at login', true, { do: 'start-at-login', on: false }],
    ]);
  });

  it('asks before it quits as long as a job is not done', () => {
    expect(labels(menuOf(viewOf([job({ state: 'succeeded' })])).items)).toContain('Quit Uprez');
    const asked = labels(menuOf(viewOf([job({ state: 'running' }), job()])).items);
    expect(asked).not.toContain('Quit Uprez');
    expect(asked).toContain('Quit Uprez… ▸ 2 jobs are not done; unfinished work goes on at the next start.');
    expect(asked).toContain('Quit Uprez… ▸ Quit all the same');
  });

  it('keeps the ends of long names, where clips of one shoot differ', () => {
    const source = `/clips/${'a'.repeat(60)}_take_17.mov`;
    expect(labels(menuOf(viewOf([job({ state: 'running', task: taskOf({ source }) })])).items)[0]).toBe(
      `${'a'.repeat(19)}…${'a'.repeat(7)}_take_17.mov: starting`,
    );
  });

  it('has no separator at its beginning, at its end, or beside another', () => {
    const kinds = menuOf(viewOf([])).items.map(({ kind }) => kind);
    expect(kinds[0]).not.toBe('line');
    expect(kinds.at(-1)).not.toBe('line');
    expect(kinds.some((kind, i) => kind === 'line' && kinds[i + 1] === 'line')).toBe(false);
  });

  it('has ids that are its own: no two items of one place share one', () => {
    const failed = job({ state: 'failed', endedAt: 1 });
    const { items } = menuOf(viewOf([failed, job({ state: 'running' })]), { startsAtLogin: false });
    for (const list of [items, ...items.flatMap((item) => (item.kind === 'menu' ? [item.items] : []))])
      expect(new Set(list.map(({ id }) => id)).size).toBe(list.length);
  });
});

describe('an id', () => {
  it('that was made up does nothing', () => {
    expect(actionOf('{"do":"format-disk"}')).toBeUndefined();
    expect(actionOf('quit')).toBeUndefined();
  });
});
