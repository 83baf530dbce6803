import { type Provider, sameWay, type WaySpeed } from '@uprez/shared';
import type { Trial } from '../../engine/trial.ts';
import { type EngineProcessOptions, startEngine } from './engine-process.ts';

/** What may be waited for one process, in ms: opening a session for a GPU compiles its programs first. */
const LIMIT_MS = 15_000;

export interface TrialOutcome {
  /** Providers that onnxruntime has on this platform, by its own account. */
  here: Provider[];
  speeds: WaySpeed[];
}

/**
 * Tries ways in a process of its own: a driver that crashes or hangs costs this process, and its ways count as not
 * usable.
 */
export async function runTrial(trial: Trial, options: EngineProcessOptions): Promise<TrialOutcome> {
  const outcome: TrialOutcome = { here: [], speeds: [] };
  const engine = startEngine(options, (message) => {
    if (message.type === 'providers') outcome.here = message.here;
    if (message.type === 'tried') outcome.speeds.push(message.speed);
  });
  engine.send({ type: 'try', trial });
  const timer = setTimeout(engine.kill, LIMIT_MS);
  const { why, killed } = await engine.ended;
  clearTimeout(timer);
  const missing = trial.ways
    .filter((way) => !outcome.speeds.some((speed) => sameWay(speed.way, way)))
    // A CPU that has no time for it now may have it with the next job.
    .filter(({ provider }) => !(killed && provider === 'cpu'));
  const speeds = missing.map((way) => ({ way, samplesPerSecond: null, why: killed ? 'it took too long' : why }));
  return { ...outcome, speeds: [...outcome.speeds, ...speeds] };
}
