import { plainWay } from '@uprez/shared';
import { describe, expect, test } from 'vitest';
import { partialPath, wantedPath } from '../../src/backends/files.ts';
import { enginePlan, outputSize } from '../../src/backends/local/plan.ts';
import { codePoints, outputColor } from '../../src/media/colors.ts';
import { codeOf } from '../support/errors.ts';
import { mediaOf, taskOf } from '../support/tasks.ts';

const context = {
  ffmpeg: '/usr/bin/ffmpeg',
  model: { kind: 'interpolation' } as const,
  ways: [plainWay],
  threads: 2,
};
const planOf = (task: Parameters<typeof taskOf>[0], media: Parameters<typeof mediaOf>[0]) =>
  enginePlan(taskOf(task), mediaOf(media), context);

describe('what the output is tagged with', () => {
  const silent = { primaries: 'unknown', transfer: 'unknown', matrix: 'unknown', range: 'unknown' } as const;
  test.each([
    ['nothing said, HD', silent, { width: 1920, height: 1080 }, [1, 1, 1]],
    ['nothing said, HD upright', silent, { width: 720, height: 1280 }, [1, 1, 1]],
    ['nothing said, NTSC size', silent, { width: 720, height: 480 }, [6, 1, 6]],
    ['nothing said, PAL size', silent, { width: 720, height: 576 }, [5, 1, 6]],
    [
      '601 tags at HD size are believed',
      { ...silent, primaries: 'smpte170m', transfer: 'smpte170m', matrix: 'smpte170m' },
      { width: 1920, height: 1080 },
      [6, 1, 6],
    ],
    ['a part that is not said stays unsaid', { ...silent, matrix: 'bt709' }, { width: 720, height: 480 }, [2, 2, 1]],
    [
      'PQ',
      { ...silent, primaries: 'bt2020', transfer: 'smpte2084', matrix: 'bt2020nc' },
      { width: 3840, height: 2160 },
      [9, 16, 9],
    ],
    [
      'HLG',
      { ...silent, primaries: 'bt2020', transfer: 'arib-std-b67', matrix: 'bt2020nc' },
      { width: 3840, height: 2160 },
      [9, 18, 9],
    ],
    ['RGB is converted to 709', { ...silent, matrix: 'gbr' }, { width: 640, height: 480 }, [1, 1, 1]],
  ] as const)('%s', (_, color, size, [primaries, transfer, matrix]) => {
    expect(codePoints(outputColor(color, size))).toEqual({ primaries, transfer, matrix });
  });
});

describe('rates', () => {
  test('constant timing keeps its rate and every frame', () => {
    const plan = planOf({}, { frameRate: { num: 25, den: 2 } });
    expect(plan.source.conformTo).toBeNull();
    expect(plan.frameRate).toEqual({ num: 25, den: 2 });
    expect(plan.sourceFrames).toBe(96);
  });

  test('uneven timing is conformed to the nearest standard rate, and its frames are counted', () => {
    const plan = planOf({}, { timing: 'variable', frameRate: { num: 29_500, den: 1000 } });
    expect(plan.frameRate).toEqual({ num: 30_000, den: 1001 });
    expect(plan.sourceFrames).toBeNull();
  });

  test('asking for the rate that the clip has changes nothing', () => {
    expect(planOf({ frameRate: { num: 24, den: 1 } }, {}).source.conformTo).toBeNull();
    expect(planOf({ frameRate: { num: 25, den: 1 } }, {}).source.conformTo).toEqual({ num: 25, den: 1 });
  });

  test('counts of streams without an index are not trusted', () => {
    expect(planOf({}, { container: 'mpegts' }).sourceFrames).toBeNull();
  });
});

describe('geometry', () => {
  test('a turned clip is planned upright, its pixel shape turned with it', () => {
    const plan = planOf({}, { width: 1920, height: 1080, rotation: 90, sampleAspect: { num: 4, den: 3 } });
    expect(plan.source).toMatchObject({ width: 1080, height: 1920 });
    expect(plan.output).toMatchObject({ size: { width: 2160, height: 3840 }, sampleAspect: { num: 3, den: 4 } });
  });

  test('4x is four times the size', () => {
    expect(planOf({ scale: 4 }, {})).toMatchObject({ scale: 4, output: { size: { width: 3840, height: 2160 } } });
  });

  test('alpha is refused unless it may be dropped', async () => {
    expect(await codeOf(() => outputSize(taskOf(), mediaOf({ alpha: true })))).toBe('input.alpha');
    expect(outputSize(taskOf({ alpha: 'drop' }), mediaOf({ alpha: true }))).toEqual({ width: 1920, height: 1080 });
  });

  test('sides above 8192 are refused', async () => {
    expect(await codeOf(() => outputSize(taskOf({ scale: 4 }), mediaOf({ width: 2200 })))).toBe('input.too-large');
  });
});

describe('timecode', () => {
  test('is the first frame of the source as a number', () => {
    const plan = planOf({}, { timecode: { text: '01:00:00:00', dropFrame: false } });
    expect(plan.output.timecode).toEqual({ startFrame: 86_400, dropFrame: false });
  });

  test('keeps its time where the rate changes', () => {
    const plan = planOf({ frameRate: { num: 25, den: 1 } }, { timecode: { text: '01:00:00:00', dropFrame: false } });
    expect(plan.output.timecode).toEqual({ startFrame: 90_000, dropFrame: false });
  });

  test('that is none is left out', () => {
    expect(planOf({}, { timecode: { text: '99', dropFrame: false } }).output.timecode).toBeNull();
  });
});

describe('where results go', () => {
  test.each([
    [null, null, '/clips/sea_uprez_2x_fast.mov'],
    [null, '/results', '/results/sea_uprez_2x_fast.mov'],
    ['/elsewhere', '/results', '/elsewhere/sea_uprez_2x_fast.mov'],
    ['/elsewhere/mine.mov', '/results', '/elsewhere/mine.mov'],
  ])('task %s, settings %s', (output, folder, path) => {
    expect(wantedPath(taskOf({ output }), folder)).toBe(path);
  });

  test('work happens beside the result, under a name that shows it', () => {
    expect(partialPath('/results/sea.mov')).toBe('/results/sea.mov.partial');
  });
});

describe('what is done to 8-bit pictures before and after a network', () => {
  const network = { kind: 'core', path: '/models/fast.onnx' } as unknown as typeof context.model;
  const prepared = (task: Parameters<typeof taskOf>[0], media: Parameters<typeof mediaOf>[0], model = network) => {
    const { source, stillness } = enginePlan(taskOf(task), mediaOf(media), { ...context, model });
    return [source.depth, source.deband, stillness.source, stillness.result];
  };
  const limited = { ...mediaOf({}).color, range: 'limited' } as const;
  const full = { ...limited, range: 'full' } as const;

  test.each([
    ['their steps are taken out between the codes, and still places kept', {}, { color: limited }, [10, true, 4, 5]],
    ['no steps are taken out where that is not wanted', { deband: 'off' }, { color: limited }, [10, false, 4, 5]],
    ['nor twice', { deband: 'high' }, { color: limited }, [10, false, 4, 5]],
    ['full range stays in its own codes', {}, { color: full }, [8, false, 0, 5]],
    ['10 bits have no such steps', {}, { bitDepth: 10, color: limited }, [10, false, 1, 2]],
    ['12 bits do not tremble either', {}, { bitDepth: 12, color: limited }, [12, false, 0, 0]],
    ['a look has codes of its own', { look: { id: 'flat', strength: 1 } }, { color: limited }, [10, true, 0, 0]],
  ] as const)('%s', (_, task, media, expected) => {
    expect(prepared(task, media)).toEqual(expected);
  });

  test('plain interpolation leaves them alone', () => {
    expect(prepared({}, { color: limited }, context.model)).toEqual([8, false, 0, 0]);
  });
});
