import { plainWay } from '@uprez/shared';
import { describe, expect, test } from 'vitest';
import { enginePlan } from '../../src/backends/local/plan.ts';
import { chooseEncoder, tryEncoder } from '../../src/engine/choose-encoder.ts';
import type { EnginePlan } from '../../src/engine/plan.ts';
import { type EncodeFormat, encodeArgs } from '../../src/media/encode-args.ts';
import { mediaOf, taskOf } from '../support/tasks.ts';
import { ffmpegPath } from '../support/tools.ts';

const signal = new AbortController().signal;

function planOf(): EnginePlan {
  const model = { kind: 'interpolation' } as const;
  const context = { ffmpeg: ffmpegPath, model, ways: [plainWay], threads: 1 };
  const { output, ...plan } = enginePlan(taskOf(), mediaOf({ width: 96, height: 64 }), context);
  return { ...plan, output: { ...output, path: '/results/sea.mov', partial: '/results/sea.mov.partial' } };
}

describe('the encoder of a job', () => {
  test('is ffmpeg’s own, where there is no Mac', async () => {
    expect(await chooseEncoder(planOf(), 'linux', signal)).toBe('prores_ks');
  });

  test('is ffmpeg’s own on a Mac whose ffmpeg or chip has no other', async () => {
    expect(await chooseEncoder(planOf(), 'darwin', signal)).toBe('prores_ks');
  });

  test('is believed when it makes frames of the right size and colour', async () => {
    expect(await tryEncoder(planOf(), 'prores_ks', signal)).toBe(true);
  });
});

describe('Apple’s encoder is told', () => {
  const color = { primaries: 'bt709', transfer: 'bt709', matrix: 'bt709' };
  const frameRate = { num: 24, den: 1 };
  const format: EncodeFormat = {
    ...{ width: 192, height: 128, frameRate, color },
    ...{ encoder: 'prores_videotoolbox', quantiser: 1, threads: 2, alpha: null },
  };
  const args = encodeArgs(format).join(' ');

  test('the profile, the pixels it takes, and to work in hardware or not at all', () => {
    expect(args).toContain('-c:v prores_videotoolbox -profile:v hq -allow_sw 0');
    expect(args).toContain('-vf format=p210le,setparams=range=tv:color_primaries=bt709');
  });

  test('no quantiser: it has a rate control of its own', () => {
    expect(args).not.toContain('-qscale');
  });
});
