import { emptyView, Job, type JobState, type Progress } from '@uprez/shared';
import { describe, expect, it } from 'vitest';
import { estimate, mediaOf, output, taskOf } from '../../daemon/test/support/tasks.ts';
import { figuresOf } from '../src/flows/statistics.ts';
import { selectionLength, totalsOf } from '../src/flows/summary.ts';
import { nothingSelected, type SelectedClip, type Selection } from '../src/host/host.ts';
import { groundFor } from '../src/ui/ground.ts';
import { clipMenu, flattened, jobMenu, type MenuContext, type MenuItem } from '../src/ui/menu.ts';
import { progressParts, statusOf } from '../src/ui/status.ts';
import { about, becomes, byteSize, clock } from '../src/ui/words.ts';

const jobOf = (id: string, change: Partial<Job> = {}): Job =>
  Job.parse({
    ...{ id, position: 0, state: 'queued', attempts: 0, createdAt: 0, startedAt: null, endedAt: null, error: null },
    ...{
      task: taskOf(),
      media: mediaOf(),
      estimate,
      output: null,
      delivery: 'none',
      host: null,
      steps: [],
      revision: 0,
    },
    ...change,
  });

const context = (change: Partial<MenuContext> = {}): MenuContext => ({
  ...{ host: 'premiere', settings: emptyView.settings, jobs: [], restorable: new Set(), models: [], looks: [] },
  ...change,
});

const enabled = (items: readonly MenuItem[]): string[] =>
  flattened(items).flatMap(({ label, enabled }) => (enabled ? [label] : []));

const clip: SelectedClip = {
  ...{ key: 'one', name: 'beach', itemId: 'item', mediaPath: '/clips/beach.mp4', frameRate: { num: 25, den: 1 } },
  ...{ range: { from: 0, to: 50 }, refusal: null, alternatives: [] },
  place: { track: 0, start: '0', end: '508032000000', in: '0', out: '508032000000' },
};
const selection: Selection = {
  ...{ project: null, from: 'timeline', clips: [clip] },
  sequence: { id: 's', name: 'Sequence', width: 1920, height: 1080, ticksPerFrame: '10160640000' },
};

describe('the menu of a job', () => {
  const states: [JobState, string[]][] = [
    ['queued', ['Cancel']],
    ['running', ['Cancel']],
    ['awaiting-approval', ['Approve', 'Cancel']],
    ['cancelling', []],
    ['failed', ['Retry', 'Remove']],
    ['cancelled', ['Retry', 'Remove']],
  ];

  it.each(states)('offers what can be done about a job that is %s', (state, acts) => {
    const items = jobMenu(jobOf('a', { state }), context());
    const offered = enabled(items).filter((label) => ['Approve', 'Cancel', 'Retry', 'Remove'].includes(label));
    expect(offered).toEqual(acts);
  });

  it('offers the result only where there is one, and the timeline only in a host', () => {
    const running = enabled(jobMenu(jobOf('a', { state: 'running' }), context()));
    expect(running).not.toContain('Reveal');
    expect(running).toContain('Reveal original');
    expect(running).toContain('Open in source monitor');
    const inBrowser = jobMenu(jobOf('a', { state: 'running' }), context({ host: 'none' }));
    expect(flattened(inBrowser).map(({ label }) => label)).not.toContain('Open in source monitor');
    expect(flattened(inBrowser).map(({ label }) => label)).toContain('Download');
  });

  it('undoes only what the host can undo', () => {
    const job = jobOf('a', { state: 'succeeded' });
    expect(enabled(jobMenu(job, context()))).not.toContain('Restore original');
    expect(enabled(jobMenu(job, context({ restorable: new Set(['a']) })))).toContain('Restore original');
  });

  it('moves a waiting job among those that wait', () => {
    const jobs = ['a', 'b', 'c'].map((id, position) => jobOf(id, { state: 'queued', position }));
    const moves = (job: Job) =>
      flattened(jobMenu(job, context({ jobs }))).flatMap(({ act, enabled }) =>
        act.do === 'move' ? [enabled ? act.before : 'no'] : [],
      );
    expect(moves(jobs[0]!)).toEqual(['no', 'no', 'c']);
    expect(moves(jobs[1]!)).toEqual(['a', 'a', null]);
    expect(moves(jobs[2]!)).toEqual(['a', 'b', 'no']);
  });

  it('has the models that are ready, and marks the chosen one', () => {
    const facts = { purpose: '', scales: [2 as const], licence: '', origin: '', downloadBytes: null, removable: false };
    const model = (id: string, ready: boolean) => ({
      id,
      name: id.toUpperCase(),
      backend: 'local' as const,
      ready,
      ...facts,
    });
    const models = [model('fast', true), model('none', true), model('big', false), model('fine', true)];
    const menu = jobMenu(jobOf('a', { state: 'failed' }), context({ models }));
    const submenu = menu.find((item) => item.kind === 'submenu' && item.label === 'Upscale with model');
    const items = submenu?.kind === 'submenu' ? flattened(submenu.items) : [];
    expect(items.map(({ label, checked }) => [label, checked])).toEqual([
      ['FAST', true],
      ['FINE', false],
    ]);
    expect(items[1]?.act).toEqual({ do: 'upscale', scale: 2, model: 'fine' });
  });
});

describe('the menu of clips', () => {
  it('has nothing to do for clips that can’t be upscaled or have no file', () => {
    const offline = { ...selection, clips: [{ ...clip, mediaPath: null }] };
    expect(enabled(clipMenu(offline, context()))).toEqual([]);
    expect(enabled(clipMenu(selection, context()))).toEqual([
      ...['Upscale 2x', 'Upscale 4x', 'Flat-log ProRes', 'Reveal original', 'Open in source monitor'],
    ]);
  });

  it('restores what lies over the clip', () => {
    const job = jobOf('a', { state: 'succeeded', host: { targets: [{ key: 'one' }] } });
    const other = jobOf('b', { state: 'succeeded', host: { targets: [{ key: 'two' }] } });
    const labels = (jobs: Job[]) => enabled(clipMenu(selection, context({ jobs, restorable: new Set(['a', 'b']) })));
    expect(labels([job, other])).toContain('Restore original');
    expect(labels([other])).not.toContain('Restore original');
  });
});

describe('what is said', () => {
  it('is never more exact about time ahead than anybody can know', () => {
    const spoken = [3, 45, 61, 125, 3400, 3700, 36_000 * 2].map(about);
    expect(spoken).toEqual([
      ...['a few seconds', 'less than a minute', 'about 2 min', 'about 3 min', 'about 57 min', 'about 1 h 10 min'],
      'about 20 h',
    ]);
  });

  it('reads like a trade’s own', () => {
    expect([clock(13.2), clock(3723)]).toEqual(['0:14', '1:02:03']);
    expect([byteSize(999), byteSize(48e6), byteSize(2.5e9)]).toEqual(['1 KB', '48.0 MB', '2.5 GB']);
    const [hd, uhd] = [
      { width: 1920, height: 1080 },
      { width: 3840, height: 2160 },
    ];
    expect([becomes(hd, uhd), becomes(hd, hd)]).toEqual(['1920×1080 → 3840×2160', '1920×1080']);
    expect([selectionLength(selection), selectionLength(nothingSelected)]).toEqual(['00:00:02:00', null]);
  });

  it('tells stages that have no frames by their names', () => {
    const progress: Progress = {
      ...{
        stage: 'process',
        fraction: 0.437,
        framesDone: 52,
        framesTotal: 120,
        framesPerSecond: 8.44,
        secondsLeft: 100,
      },
    };
    expect(progressParts(progress)).toEqual(['43 %', 'frame 52/120', '8.4 fps', 'about 2 min left']);
    const early: Progress = { ...progress, stage: 'prepare', framesPerSecond: null, secondsLeft: null };
    expect(progressParts(early)).toEqual(['43 %', 'Getting ready']);
  });

  it('of a finished job is where its result is', () => {
    const job = jobOf('a', { state: 'succeeded' });
    const report = { jobId: 'a', outcome: 'delivered', mode: 'above', placements: [], error: null } as const;
    expect(statusOf(job, undefined)).toEqual({ text: 'Done', tone: 'good' });
    expect(statusOf(job, { kind: 'delivered', report })).toEqual({ text: 'On the timeline', tone: 'good' });
    expect(statusOf(job, { kind: 'waiting', project: 'Film' }).text).toBe('Waits for project “Film”');
  });
});

describe('the ground', () => {
  it('is the host’s own where that goes with the theme', () => {
    expect(groundFor('darkest', 'rgb(29, 29, 29)')).toBe('rgb(29, 29, 29)');
    expect(groundFor('light', 'rgb(240, 240, 240)')).toBe('rgb(240, 240, 240)');
    expect([groundFor('light', 'rgb(29, 29, 29)'), groundFor('dark', 'rgb(240, 240, 240)')]).toEqual(['', '']);
    expect(groundFor('dark', null)).toBe('');
  });
});

describe('numbers', () => {
  it('of a plan add up, and credits only where there are any', () => {
    const both = totalsOf([estimate, { ...estimate, credits: 3 }]);
    expect(both).toMatchObject({ seconds: estimate.seconds * 2, credits: 3, frames: estimate.frames * 2 });
    expect(both.sizes).toHaveLength(1);
    expect(totalsOf([estimate]).credits).toBeNull();
  });

  it('of all jobs come from those that are done', () => {
    const done = jobOf('a', { state: 'succeeded', output, startedAt: 0, endedAt: 10_000 });
    const figures = figuresOf([done, jobOf('b', { state: 'queued' })]);
    expect(figures).toMatchObject({ frames: 96, outputBytes: output.sizeBytes, states: { succeeded: 1, queued: 1 } });
    expect(figures.models).toEqual([{ model: done.task.model, jobs: 1, frames: 96, framesPerSecond: 9.6 }]);
  });
});
