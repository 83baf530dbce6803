import { AppError, flatExport, frameRate, Settings } from '@uprez/shared';
import { describe, expect, it } from 'vitest';
import { deband, handles, look, rangeOf, rate, scale, strength, taskOf, time } from '../../src/cli/options.ts';

const clip = { rate: frameRate(25), frames: 250 };

describe('the times of a command line', () => {
  it.each(['0', '3.5', '00:00:03', '00:00:03.500', '00:00:03:12', '00:01:00;02', '00:00:01:99'])(
    'may be %s',
    (text) => {
      expect(time(text)).toBe(text);
    },
  );

  it.each(['soon', '-1', '3s', '00:00', '00:61:00'])('may not be %s', (text) => {
    expect(() => time(text)).toThrow('Use seconds');
  });

  it('mean frames at the clip’s own rate', () => {
    expect(rangeOf({ from: '1', to: '00:00:02:10' }, clip)).toEqual({ from: 25, to: 60 });
  });

  it('leave the rest of the clip where only one is given', () => {
    expect(rangeOf({ from: '2' }, clip)).toEqual({ from: 50, to: null });
    expect(rangeOf({ to: '2' }, clip)).toEqual({ from: 0, to: 50 });
  });

  it.each([{ from: '5', to: '5' }, { from: '6', to: '5' }, { from: '10' }])(
    'refuse a range without frames: $from to $to',
    (range) => {
      expect(() => rangeOf(range, clip)).toThrow('holds no frames');
    },
  );

  it('refuse frame numbers that the clip’s rate does not have', () => {
    expect(() => rangeOf({ from: '00:00:01:25' }, clip)).toThrow(AppError);
  });
});

describe('the look of a command line', () => {
  it('is one of the list or a file, with a share from 0 to 1', () => {
    expect(look('slog3')).toEqual({ id: 'slog3' });
    expect(look('/luts/a.CUBE')).toEqual({ file: '/luts/a.CUBE' });
    expect([strength('0'), strength('.25')]).toEqual([0, 0.25]);
    expect(() => look('sepia')).toThrow('flat-classic');
    expect(() => strength('2')).toThrow('from 0 to 1');
    expect(() => deband('much')).toThrow('auto, off, low, high');
  });

  it('makes a job without a model where the size stays, and the other way round', () => {
    const settings = Settings.parse({});
    expect(taskOf('a.mp4', { audio: true, scale: 1 }, settings)).toMatchObject({ model: 'none', scale: 1 });
    expect(taskOf('a.mp4', { audio: true, model: 'none' }, settings)).toMatchObject({ model: 'none', scale: 1 });
    expect(taskOf('a.mp4', { ...flatExport, audio: true }, settings)).toMatchObject({
      ...{ model: 'none', scale: 1, backend: 'local', deband: 'auto' },
      look: { id: 'flat', strength: 1 },
    });
  });
});

describe('the numbers of a command line', () => {
  it('are read exactly', () => {
    expect(rate('23.976')).toEqual({ num: 24000, den: 1001 });
    expect(scale('4')).toBe(4);
    expect(handles('12')).toBe(12);
  });

  it.each([
    [rate, 'fast'],
    [rate, '0'],
    [scale, '3'],
    [handles, '1.5'],
    [handles, '-1'],
    [handles, '10001'],
  ])('are refused by %o: %s', (parse, text) => {
    expect(() => parse(text)).toThrow('Use ');
  });
});

describe('a task', () => {
  const settings = Settings.parse({ model: 'fine', scale: 4, handles: 10 });

  it('is as the settings say where no flag says otherwise', () => {
    const task = taskOf('/clips/a.mp4', { audio: true }, settings);
    expect(task).toMatchObject({ model: 'fine', scale: 4, handles: 10, backend: 'local', audio: 'keep', output: null });
  });

  it('is as the flags say where there are any', () => {
    const flags = { audio: false, scale: 2, model: 'fast', handles: 0, alpha: 'drop' } as const;
    expect(taskOf('/clips/a.mp4', flags, settings)).toMatchObject({
      model: 'fast',
      scale: 2,
      handles: 0,
      audio: 'none',
      alpha: 'drop',
    });
  });
});
