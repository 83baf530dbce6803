import { plainWay, type Way } from '@uprez/shared';
import type { FailureKind } from './inference-thread.ts';

/** How the engine runs a model at the moment. */
export interface Attempt {
  way: Way;
  /** Luma samples that a run may take; larger frames go through in tiles. */
  most: number;
  /** Times the tiles were halved on this way. */
  halvings: number;
}

/** Smaller tiles would be more overlap than picture. */
const SMALLEST = 128 * 128;

/**
 * What to try after a failure: smaller tiles where those may help, else the next of the ways. Undefined where nothing is
 * left. `whole` is the largest frame in samples, `fresh` what a way may take to begin with.
 */
export function nextAttempt(
  failed: Attempt,
  failure: FailureKind,
  { ways, whole, fresh }: { ways: readonly Way[]; whole: number; fresh: (way: Way) => number },
): Attempt | undefined {
  const half = Math.floor(Math.min(failed.most, whole) / 2);
  const worthHalving = half >= SMALLEST && (failure === 'memory' || (failure === 'run' && helpsOnce(failed)));
  if (worthHalving) return { ...failed, most: half, halvings: failed.halvings + 1 };
  const way = ways[ways.indexOf(failed.way) + 1];
  return way && { way, most: fresh(way), halvings: 0 };
}

/** Devices seldom say that memory was the reason: they stop answering, or their driver resets them. */
function helpsOnce({ way, halvings }: Attempt): boolean {
  return way.provider !== plainWay.provider && halvings === 0;
}
