import { describe, expect, it } from 'vitest';
import type { DeliveryReport } from '../../src/host/host.ts';
import { drift } from '../support/compositor.ts';
import { Desk, result, source, wholeResult } from '../support/desk.ts';
import { type ProfileName, profiles } from '../support/emulator/profile.ts';
import type { ClipRecord, ProjectRecord } from '../support/emulator/records.ts';
import { emptySequence, FRAME, itemOf, projectOf } from '../support/scene.ts';
import { timelines } from '../support/premiere.ts';

const remarks = (reports: readonly DeliveryReport[]): (string | undefined)[] =>
  reports.flatMap(({ placements }) => placements.map(({ remark }) => remark?.code));

const placedName = 'beach_2x.mov';
const copy = (project: ProjectRecord): ProjectRecord => structuredClone(project);

/** Everything the user did to a clip since the job was queued. */
const move = (clip: ClipRecord, frames: number): void => {
  clip.start = String(BigInt(clip.start) + BigInt(frames) * FRAME);
  clip.end = String(BigInt(clip.end) + BigInt(frames) * FRAME);
};
const trim = (clip: ClipRecord, head: number, tail: number): void => {
  clip.start = String(BigInt(clip.start) + BigInt(head) * FRAME);
  clip.in = String(BigInt(clip.in) + BigInt(head) * FRAME);
  clip.end = String(BigInt(clip.end) + BigInt(tail) * FRAME);
  clip.out = String(BigInt(clip.out) + BigInt(tail) * FRAME);
};

describe.each(Object.keys(profiles) as ProfileName[])('a result comes home, in Premiere %s', (profile) => {
  it('once, however often it is delivered', async () => {
    const desk = await Desk.open(profile);
    const clip = desk.lay('clip', { at: 10, length: 20, from: 5 });
    const delivery = desk.delivery([clip]);
    const [first, second] = await Promise.all([desk.host.deliver([delivery]), desk.host.deliver([delivery])]);
    expect([first, second].map(([report]) => report?.outcome)).toEqual(['delivered', 'delivered']);
    expect(desk.track(1)).toEqual([{ of: placedName, at: 10, length: 20, from: 0 }]);
    expect(desk.results().map(({ name }) => name)).toEqual([placedName]);
    expect(desk.stage.escaped).toEqual([]);
  });

  it('and goes again without a trace: the original is back, down to the last value', async () => {
    const desk = await Desk.open(profile);
    const clip = desk.lay('clip', { at: 10, length: 20, from: 5 });
    const before = timelines(copy(desk.project));
    await desk.host.deliver([desk.delivery([clip], { disableOriginal: true })]);
    expect(desk.stage.clip('clip').disabled).toBe(true);
    await expect.poll(() => [...desk.host.restorable.get()]).toEqual(['job']);
    await desk.host.restore('job');
    expect(timelines(copy(desk.project))).toEqual(before);
    await expect.poll(() => desk.host.restorable.get().size).toBe(0);
  });

  it('instead of its source everywhere, with the same framing, and the source comes back', async () => {
    const desk = await Desk.open(profile);
    const whole = {
      path: wholeResult.path,
      firstFrame: 0,
      frames: 100,
      frameRate: { num: 25, den: 1 },
      enlargement: 2,
    };
    desk.lay('one', { at: 0, length: 20, from: 5 }, { motion: { 1: 80, 2: 80, 3: 80, 5: { x: 0.2, y: 0.9 } } });
    desk.lay('two', { track: 1, at: 30, length: 10, from: 50 }, { motion: { 4: 30 } });
    const uses = (): ClipRecord[] => ['one', 'two'].map((uid) => desk.stage.clip(uid));
    const corners = () => uses().map((clip) => desk.cornersOf(clip));
    const before = corners();
    const farthest = (): number => Math.max(...corners().map((now, i) => drift(now, before[i] ?? [])));
    const [report] = await desk.host.deliver([desk.delivery([], { mode: 'relink', result: whole })]);
    expect([report?.outcome, report?.placements.length]).toEqual(['delivered', 2]);
    expect(desk.project.items['beach']?.media?.path).toBe(wholeResult.path);
    expect(farthest()).toBeLessThan(1);
    await desk.host.restore('job');
    expect(desk.project.items['beach']?.media?.path).toBe(source.path);
    expect(farthest()).toBeLessThan(0.01);
  });
});

describe('a result that was delivered', () => {
  it('is not brought back after the user has thrown it away, unless it is asked for', async () => {
    const desk = await Desk.open('26.3');
    const clip = desk.lay('clip', { at: 10, length: 20, from: 5 });
    await desk.host.deliver([desk.delivery([clip])]);
    desk.sequence.video[1]?.pop();
    desk.stage.rebuilt();
    await desk.host.deliver([desk.delivery([clip])]);
    expect(desk.track(1)).toEqual([]);
    await desk.host.deliver([desk.delivery([clip], { again: true })]);
    expect(desk.track(1)).toEqual([{ of: placedName, at: 10, length: 20, from: 0 }]);
  });
});

describe('a delivery that broke off', () => {
  it.each(['make bin', 'prepare clips', 'place clips', 'match framing'])(
    'before “%s” is finished by the next one, with nothing twice',
    async (step) => {
      const desk = await Desk.open('26.3');
      const clip = desk.lay('clip', { at: 10, length: 20, from: 5 });
      desk.stage.mischief.refused = `Uprez: ${step}`;
      const [broken] = await desk.host.deliver([desk.delivery([clip])]);
      expect(broken?.outcome).toBe('failed');
      desk.stage.mischief.refused = null;
      const [finished] = await desk.host.deliver([desk.delivery([clip])]);
      expect([finished?.outcome, ...remarks([finished!])]).toEqual(['delivered', undefined]);
      expect(desk.sequence.video.flat().map(({ name }) => name)).toEqual(['beach.mov', placedName]);
      expect(desk.sequence.video[1]?.[0]?.components[1]?.parameters[1]?.value).toBe(50);
      expect(desk.results()).toHaveLength(1);
    },
  );
});

describe('a result finds the clip that it was made for', () => {
  it('where it was moved to', async () => {
    const desk = await Desk.open('26.3');
    const clip = desk.lay('clip', { at: 10, length: 20, from: 5 });
    const delivery = desk.delivery([clip]);
    move(desk.stage.clip('clip'), 7);
    expect(remarks(await desk.host.deliver([delivery]))).toEqual([undefined]);
    expect(desk.track(1)).toEqual([{ of: placedName, at: 17, length: 20, from: 0 }]);
  });

  it('shorter than it was', async () => {
    const desk = await Desk.open('26.3');
    const clip = desk.lay('clip', { at: 10, length: 20, from: 5 });
    const delivery = desk.delivery([clip]);
    trim(desk.stage.clip('clip'), 3, -4);
    expect(remarks(await desk.host.deliver([delivery]))).toEqual([undefined]);
    expect(desk.track(1)).toEqual([{ of: placedName, at: 13, length: 13, from: 3 }]);
  });

  it('in pieces', async () => {
    const desk = await Desk.open('26.3');
    const clip = desk.lay('clip', { at: 10, length: 20, from: 5 });
    const delivery = desk.delivery([clip]);
    trim(desk.stage.clip('clip'), 0, -12);
    desk.lay('rest', { at: 20, length: 10, from: 15 });
    expect(remarks(await desk.host.deliver([delivery]))).toEqual([undefined, undefined]);
    expect(desk.track(1)).toEqual([
      { of: placedName, at: 10, length: 8, from: 0 },
      { of: placedName, at: 20, length: 10, from: 10 },
    ]);
  });

  it('but does not stretch: a clip that shows more than was upscaled keeps the result in the bin', async () => {
    const desk = await Desk.open('26.3');
    const clip = desk.lay('clip', { at: 10, length: 20, from: 5 });
    const delivery = desk.delivery([clip]);
    trim(desk.stage.clip('clip'), 0, 9);
    expect(remarks(await desk.host.deliver([delivery]))).toEqual(['host.clip-outgrown']);
    expect([desk.track(1), desk.results().length]).toEqual([[], 1]);
  });

  it.each([
    ['the clip is gone', 'host.clip-gone', (desk: Desk) => desk.sequence.video[0]?.pop()],
    ['the sequence is gone', 'host.sequence-gone', (desk: Desk) => desk.project.sequences.pop()],
  ])('%s: the result waits in the bin and says so', async (_, code, change) => {
    const desk = await Desk.open('26.3');
    const delivery = desk.delivery([desk.lay('clip', { at: 10, length: 20, from: 5 })]);
    change(desk);
    const reports = await desk.host.deliver([delivery]);
    expect([remarks(reports), reports[0]?.mode, desk.results().length]).toEqual([[code], 'bin', 1]);
  });
});

describe('a timeline is never harmed', () => {
  it('what shows above a clip is not hidden', async () => {
    const desk = await Desk.open('26.3');
    const clip = desk.lay('clip', { at: 10, length: 20, from: 5 });
    desk.lay('title', { track: 1, at: 15, length: 5, from: 0 });
    const before = timelines(copy(desk.project));
    expect(remarks(await desk.host.deliver([desk.delivery([clip])]))).toEqual(['host.covered']);
    expect(timelines(copy(desk.project))).toEqual(before);
  });

  it('a locked track, and a track that can’t be made, are noticed', async () => {
    for (const mischief of [{ lockedTracks: [1] }, { noNewTracks: true }]) {
      const desk = await Desk.open('26.5');
      Object.assign(desk.stage.mischief, mischief);
      const clip = desk.lay('clip', { at: 10, length: 20, from: 5 });
      if (mischief.noNewTracks) desk.sequence.video.pop();
      const before = timelines(copy(desk.project));
      expect(remarks(await desk.host.deliver([desk.delivery([clip])]))).toEqual(['host.not-placed']);
      expect([timelines(copy(desk.project)), desk.results().length]).toEqual([before, 1]);
    }
  });

  it('what lets the original show through switches it off', async () => {
    const desk = await Desk.open('26.3');
    const clip = desk.lay('clip', { at: 10, length: 20, from: 5 });
    const [opacity] = clip.components[0]?.parameters ?? [];
    if (opacity) opacity.value = 40;
    await desk.host.deliver([desk.delivery([clip])]);
    expect(desk.stage.clip('clip').disabled).toBe(true);
    expect(desk.sequence.video[1]?.[0]?.components[0]?.parameters[0]?.value).toBe(40);
  });

  it('effects that stay behind are named', async () => {
    const desk = await Desk.open('26.3');
    const clip = desk.lay('clip', { at: 10, length: 20, from: 5 });
    clip.components.push({ match: 'AE.ADBE Lumetri', name: 'Lumetri-Farbe', parameters: [] });
    const [report] = await desk.host.deliver([desk.delivery([clip])]);
    expect(report?.placements[0]?.effectsLeft).toEqual(['Lumetri-Farbe']);
  });

  it('a slowed down file is upscaled frame by frame, and the result slowed down alike', async () => {
    const desk = await Desk.open('26.3');
    const clip = desk.lay('clip', { at: 10, length: 20, from: 5 });
    const fast = { path: result.path, firstFrame: 5, frames: 25, frameRate: { num: 50, den: 1 }, enlargement: 2 };
    await desk.host.deliver([desk.delivery([clip], { result: fast, interpretedRate: { num: 24, den: 1 } })]);
    expect(desk.results()[0]?.media?.rate).toBe(24);
  });

  it('only the project that a result belongs to is touched', async () => {
    const desk = await Desk.open('26.3');
    const delivery = desk.delivery([desk.lay('clip', { at: 10, length: 20, from: 5 })]);
    const other = projectOf('other', [itemOf('beach', source)], [emptySequence('cut of the other', 2)]);
    desk.stage.projects.push(other);
    desk.stage.active = 'other';
    const untouched = JSON.stringify(desk.stage.projects);
    const [refused] = await desk.host.deliver([delivery]);
    desk.stage.active = null;
    const [closed] = await desk.host.deliver([delivery]);
    expect([refused?.error?.code, closed?.error?.code]).toEqual(['host.other-project', 'host.no-project']);
    expect(JSON.stringify(desk.stage.projects)).toBe(untouched);
    desk.stage.active = 'film';
    expect((await desk.host.deliver([delivery]))[0]?.outcome).toBe('delivered');
  });

  it('one result that can’t be imported does not keep the others', async () => {
    const desk = await Desk.open('26.3');
    const clip = desk.lay('clip', { at: 10, length: 20, from: 5 });
    const good = desk.delivery([clip]);
    const bad = desk.delivery([], { jobId: 'bad', mode: 'relink', itemIds: ['nowhere'] });
    const reports = await desk.host.deliver([bad, good]);
    expect(reports.map(({ outcome, error }) => [outcome, error?.code])).toEqual([
      ['failed', 'host.item-gone'],
      ['delivered', undefined],
    ]);
    expect(desk.track(1)).toHaveLength(1);
  });
});
