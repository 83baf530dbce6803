import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Deband } from '@uprez/shared';
import { findFfmpeg } from '../../daemon/src/media/find-ffmpeg.ts';
import { encodedScene, rawScene } from './flat/clip.ts';
import { type Figures, figuresOf } from './flat/measures.ts';
import { convertedByCommand, convertedByUs } from './flat/methods.ts';
import { FRAMES } from './flat/scene.ts';
import { printTable, type Row } from './table.ts';

/**
 * Measures the flat export against the command that it follows, on a scene whose truth is known in floating point:
 * `npm run bench -- --flat`. Flags: `--crf 18,23,28`, `--deband auto`, `--frames 240` (of the clip whose CPU seconds
 * count: the first one; the others have 24), `--json`.
 */
const { values: flags } = parseArgs({
  options: {
    crf: { type: 'string', default: '18,23,28' },
    deband: { type: 'string', default: 'auto' },
    frames: { type: 'string', default: '240' },
    json: { type: 'boolean', default: false },
  },
});

const folder = await mkdtemp(join(tmpdir(), 'uprez-bench-'));
try {
  const figures = await bench();
  process.stdout.write(flags.json ? `${JSON.stringify(figures, null, 2)}\n` : described(figures));
} finally {
  await rm(folder, { recursive: true });
}

/** Both conversions of one clip. */
interface Comparison {
  crf: number;
  original: Figures;
  ours: Figures;
  /** CPU seconds of ours as a share of the original's; null for clips that are too short for it. */
  cpu: number | null;
}

async function bench(): Promise<Comparison[]> {
  const { path: ffmpeg } = await findFfmpeg(process.env['UPREZ_FFMPEG_PATH'] ?? null, process.env['PATH'] ?? '');
  const tools = { ffmpeg, folder, threads: availableParallelism() };
  const raw = await rawScene(folder);
  const comparisons: Comparison[] = [];
  for (const [i, crf] of flags.crf.split(',').map(Number).entries()) {
    const frames = i === 0 ? Number(flags.frames) : FRAMES;
    const clip = await encodedScene(tools, raw, { crf, frames });
    const original = await convertedByCommand(clip, tools);
    const ours = await convertedByUs(clip, tools, Deband.parse(flags.deband));
    const cpu = i === 0 && original.cpuSeconds && ours.cpuSeconds ? ours.cpuSeconds / original.cpuSeconds : null;
    comparisons.push({ crf, original: figuresOf(original.results), ours: figuresOf(ours.results), cpu });
  }
  return comparisons;
}

function described(comparisons: readonly Comparison[]): string {
  const lines = comparisons.map(({ crf, original, ours }) => `CRF ${crf}\n${table({ original, ours })}\n`);
  return `${lines.join('')}${printTable(rowsOf(comparisons))}`;
}

function table(columns: Record<'original' | 'ours', Figures>): string {
  return Object.entries(columns)
    .map(([name, { tint, ...figures }]) => {
      const all = { ...figures, 'tint y': tint.y, 'tint u': tint.u, 'tint v': tint.v };
      return `${name.padEnd(9)} ${Object.entries(all)
        .map(([what, value]) => `${what} ${value.toFixed(3)}`)
        .join('  ')}\n`;
    })
    .join('');
}

function rowsOf(comparisons: readonly Comparison[]): Row[] {
  const mean = (of: (comparison: Comparison) => number): number =>
    comparisons.reduce((sum, comparison) => sum + of(comparison), 0) / comparisons.length;
  const ratio = (what: 'luma' | 'chroma' | 'contour' | 'flicker'): number =>
    mean(({ ours }) => ours[what]) / mean(({ original }) => original[what]);
  const most = (of: (figures: Figures) => number): number => Math.max(...comparisons.map(({ ours }) => of(ours)));
  const [first] = comparisons;
  return [
    { name: 'luma error in smooth areas ÷ original', ratio: ratio('luma'), limit: 0.36 },
    { name: 'false contours ÷ original', ratio: ratio('contour'), limit: 0.35 },
    { name: 'chroma error ÷ original', ratio: ratio('chroma'), limit: 0.6 },
    { name: 'temporal noise ÷ original', ratio: ratio('flicker'), limit: 1 },
    { name: 'detail gained, dB', ratio: mean(({ ours, original }) => ours.detail - original.detail), atLeast: 0 },
    {
      name: 'tint of neutrals, 10-bit codes',
      ratio: most(({ tint }) => Math.max(...Object.values(tint).map(Math.abs))),
      limit: 0.5,
    },
    { name: 'levels of the ramp ÷ ideal', ratio: -most(({ levels }) => -levels), atLeast: 0.99 },
    { name: 'levels of the dark ramp ÷ ideal', ratio: -most(({ darkLevels }) => -darkLevels), atLeast: 0.99 },
    ...(first?.cpu ? [{ name: 'CPU seconds ÷ original, 1080p', ratio: first.cpu, limit: 0.7 }] : []),
  ];
}
