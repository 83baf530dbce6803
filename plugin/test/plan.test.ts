import { AppError, type Media, toWire } from '@uprez/shared';
import { describe, expect, it } from 'vitest';
import { mediaOf } from '../../daemon/test/support/tasks.ts';
import { planJobs, type Wish } from '../src/flows/plan.ts';
import type { SelectedClip, Selection } from '../src/host/host.ts';

const even = { frameRate: { num: 25, den: 1 }, timing: 'constant', alpha: false } as const;

const clip = (from: number, to: number, change: Partial<SelectedClip> = {}): SelectedClip => ({
  key: `${from}-${to}`,
  name: 'beach.mov',
  itemId: 'beach',
  mediaPath: '/media/beach.mov',
  frameRate: { num: 25, den: 1 },
  range: { from, to },
  place: { track: 0, start: '0', end: '1', in: '0', out: '1' },
  refusal: null,
  alternatives: [],
  ...change,
});

const plan = (clips: SelectedClip[], wish: Partial<Wish> = {}, file: Partial<Media> = {}) => {
  const selection: Selection = {
    project: { id: 'film', name: 'film', path: '/film.prproj' },
    sequence: { id: 'cut', name: 'cut', width: 1920, height: 1080, ticksPerFrame: '10160640000' },
    from: 'timeline',
    clips,
  };
  const full: Wish = { task: {}, handles: 0, mode: 'above', disableOriginal: false, refused: 'skip', ...wish };
  return planJobs(selection, full, new Map([['/media/beach.mov', mediaOf({ ...even, ...file })]]));
};

const ranges = (jobs: ReturnType<typeof plan>) => jobs.map(({ task, clips }) => [task.range, clips.length]);

describe('the jobs for a selection', () => {
  it('one for all uses of a source that overlap or touch, however they are ordered', () => {
    expect(ranges(plan([clip(40, 60), clip(0, 10), clip(50, 70), clip(10, 12)]))).toEqual([
      [{ from: 0, to: 12 }, 2],
      [{ from: 40, to: 70 }, 2],
    ]);
  });

  it('handles count: what lies close enough is one job', () => {
    expect(ranges(plan([clip(0, 10), clip(20, 30)], { handles: 5 }))).toEqual([[{ from: 0, to: 30 }, 2]]);
    expect(ranges(plan([clip(0, 10), clip(21, 30)], { handles: 5 }))).toHaveLength(2);
  });

  it('the same file at another rate, or in another file, is another job', () => {
    const slow = clip(0, 10, { frameRate: { num: 24, den: 1 } });
    expect(plan([clip(0, 10), slow]).map(({ host }) => host.interpretedRate)).toEqual([null, { num: 24, den: 1 }]);
    expect(plan([clip(0, 10), clip(0, 10, { mediaPath: '/media/town.mov' })])).toHaveLength(2);
  });

  it('uneven timing is conformed to the rate at which the host counts', () => {
    const [job] = plan([clip(0, 10)], {}, { timing: 'variable', frameRate: { num: 29, den: 1 } });
    expect([job?.task.frameRate, job?.host.interpretedRate]).toEqual([{ num: 25, den: 1 }, null]);
  });

  it('transparent clips switch their originals off, since both would show', () => {
    expect(plan([clip(0, 10)], {}, { alpha: true })[0]?.host.disableOriginal).toBe(true);
  });

  it('relinking takes whole files with their sound, and no handles', () => {
    const [job] = plan([clip(5, 10), clip(50, 60)], { mode: 'relink', handles: 12 });
    expect(job?.task).toMatchObject({ range: { from: 0, to: null }, handles: 0, audio: 'keep' });
  });

  it('refused clips are left out, or done as it is offered instead', () => {
    const refusal = toWire(new AppError('host.retimed', { clip: 'beach.mov' }));
    const retimed = clip(0, 10, { refusal, alternatives: ['whole-file'] });
    expect(plan([retimed])).toEqual([]);
    const [job] = plan([retimed], { refused: 'alternative' });
    expect([job?.task.range, job?.host.mode]).toEqual([{ from: 0, to: null }, 'bin']);
  });
});
