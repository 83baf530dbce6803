import { plainWay } from '@uprez/shared';
import { expect, test } from 'vitest';
import { enginePlan } from '../../src/backends/local/plan.ts';
import { decodeFrames } from '../../src/engine/decoder.ts';
import { asFound, findTiming } from '../../src/engine/findings.ts';
import type { EnginePlan } from '../../src/engine/plan.ts';
import { probe } from '../../src/media/probe.ts';
import { cached, ffmpeg, ffmpegPath } from '../support/tools.ts';
import { taskOf } from '../support/tasks.ts';

const signal = new AbortController().signal;
const size = { width: 96, height: 576 };

/** Stripes that glide sideways, 30 frames of two fields each or of whole pictures, and what the file calls them. */
function stripes(pictures: 'woven' | 'whole', said: 'tff' | 'prog'): Promise<string> {
  const weave = pictures === 'woven' ? ['tinterlace=mode=interleave_top'] : [];
  const rate = pictures === 'woven' ? 50 : 25;
  const drawn = `format=gray,geq=lum=128+100*sin((X+${pictures === 'woven' ? 3 : 6}*N)/9),format=yuv420p`;
  const filters = [drawn, ...weave, `setfield=${said}`].join(',');
  const source = ['-f', 'lavfi', '-i', `color=s=${size.width}x${size.height}:r=${rate}`];
  const flags = said === 'tff' ? ['-flags', '+ildct+ilme'] : [];
  const codec = ['-c:v', 'mpeg2video', '-q:v', '2', '-g', '12', '-bf', '0', ...flags];
  const args = [...source, '-vf', filters, '-frames:v', '30', '-r', '25', ...codec, '-bitexact', '-y'];
  return cached(['stripes', args], '.mov', (path) => ffmpeg(...args, path));
}

async function planOf(source: string): Promise<EnginePlan> {
  const media = await probe(source, { maxFileBytes: 1e9 });
  const model = { kind: 'interpolation' } as const;
  const context = { ffmpeg: ffmpegPath, model, ways: [plainWay], threads: 1 };
  const { output, ...plan } = enginePlan(taskOf({ source }), media, context);
  return { ...plan, output: { ...output, path: '', partial: '' } };
}

test('fields in a clip that calls itself progressive are found by their looks', async () => {
  const timing = await findTiming(await planOf(await stripes('woven', 'prog')), signal);
  expect(timing).toMatchObject({ frameCount: 30, deinterlace: 'tff', warnings: [{ code: 'scan.interlaced' }] });
});

test('whole pictures in a clip that calls itself interlaced are left whole', async () => {
  const plan = await planOf(await stripes('whole', 'tff'));
  expect(plan.source.deinterlace).toBe('auto');
  const timing = await findTiming(plan, signal);
  expect(timing).toMatchObject({ deinterlace: null, warnings: [{ code: 'scan.progressive' }] });
});

test('whoever is right about it is believed without a word', async () => {
  for (const [pictures, said, order] of [
    ['woven', 'tff', 'tff'],
    ['whole', 'prog', null],
  ] as const) {
    const timing = await findTiming(await planOf(await stripes(pictures, said)), signal);
    expect(timing).toMatchObject({ deinterlace: order, warnings: [] });
  }
});

test('decoding may begin anywhere in a deinterlaced clip: its frames are the same', async () => {
  const plan = await planOf(await stripes('woven', 'tff'));
  const timing = await findTiming(plan, signal);
  const { source } = asFound(plan, timing);
  const frames = async (first: number): Promise<Buffer[]> => {
    const found: Buffer[] = [];
    const span = { first, jobFirst: 0, count: 20 - first, startSeconds: timing.startSeconds };
    const buffer = (): ArrayBuffer => new ArrayBuffer(size.width * size.height * 1.5);
    for await (const { data } of decodeFrames({ ffmpeg: ffmpegPath, source, frames: span, buffer, signal }))
      found.push(Buffer.from(data));
    return found;
  };
  const [whole, part] = [await frames(0), await frames(9)];
  expect(part.map((frame, i) => frame.equals(whole[9 + i]!))).toEqual(Array(11).fill(true));
});
