import type { Method } from './methods.ts';
import { SIZE } from './originals.ts';
import { decibels, mean, meanChange, rmsError, scoresOf } from './scores.ts';
import type { Trial } from './trials.ts';

/** What a method achieved, trial by trial in their order. */
export interface Figures {
  name: string;
  /** Panned clips, by rate factor: PSNR of luma of each clip in dB, and mean SSIM. */
  psnr: number[][];
  ssim: number[];
  /** Soft originals: PSNR of each clip. */
  soft: number[][];
  /** Ramps, by rate factor: rms distance from what nobody rounded, in 10-bit codes. */
  ramp: number[];
  /** Still shots, by rate factor: mean change of luma from frame to frame, in 10-bit codes. */
  change: number[];
  framesPerSecond: number | null;
}

type Tools = { ffmpeg: string; folder: string };

/** Lets a method do all trials. */
export async function figuresOf(method: Method, trials: readonly Trial[], tools: Tools): Promise<Figures> {
  const figures = { name: method.name, psnr: [], ssim: [], soft: [], ramp: [], change: [] } satisfies Partial<Figures>;
  for (const trial of trials) {
    const shown: Uint8Array[][] = [];
    for (const clip of trial.clips) shown.push(await method.double(clip));
    await judge(figures, trial, { shown, tools });
  }
  // Its sessions take memory that the next one needs.
  await method.close();
  return { ...figures, framesPerSecond: method.framesPerSecond() };
}

async function judge(
  figures: Omit<Figures, 'framesPerSecond'>,
  trial: Trial,
  { shown, tools }: { shown: Uint8Array[][]; tools: Tools },
): Promise<void> {
  if (trial.kind === 'still') {
    figures.change.push(mean(shown.map(meanChange)));
  } else if (trial.kind === 'ramp') {
    figures.ramp.push(
      mean(shown.flat().map((frame, i) => rmsError(frame, trial.truths[i] ?? new Float64Array(), SIZE))),
    );
  } else {
    const scores = await scoresOf(tools, SIZE, { got: shown.flat(), wanted: trial.wanted.flat() });
    const clips = grouped(scores, shown);
    const psnr = clips.map((frames) => decibels(mean(frames.map(({ squaredError }) => squaredError))));
    (trial.kind === 'pan' ? figures.psnr : figures.soft).push(psnr);
    if (trial.kind === 'pan') figures.ssim.push(mean(scores.map(({ ssim }) => ssim)));
  }
}

/** A flat list in groups as long as those of another. */
function grouped<T>(flat: readonly T[], like: readonly (readonly unknown[])[]): T[][] {
  let start = 0;
  return like.map(({ length }) => flat.slice(start, (start += length)));
}
