import { plainWay, type Provider, sameWay, type Scale, type Way, wayName, type WaySpeed } from '@uprez/shared';
import { type EngineModel, weightFiles } from '../../models/engine-model.ts';
import type { Logger } from '../../log.ts';
import type { JobKind, JobSpeed, SpeedBook } from '../backend.ts';
import { digestOf } from './digest.ts';
import type { EngineProcessOptions } from './engine-process.ts';
import type { KnownSpeeds } from './time.ts';
import { runTrial, type TrialOutcome } from './trials.ts';
import { candidateWays, type Wish, withFallback } from './ways.ts';

export interface SpeedOptions {
  book: SpeedBook;
  wish: Wish;
  threads: number;
  /** Computer and runtime, as text: with others everything is measured anew. */
  machine: string;
  engine: EngineProcessOptions;
  log: Logger;
}

/** Time to measure a way for. Two of the CPU's are done within a second, which no job notices. */
const TRIAL_MS = 300;
/** 8-bit layers cost a little of the picture: they have to earn it. */
const WORTH_INT8 = 1.1;

/** Knows which ways to run a model are fastest on this computer; finds out once and remembers. */
export class Speeds {
  private readonly options: SpeedOptions;
  private readonly measuring = new Map<string, Promise<void>>();

  constructor(options: SpeedOptions) {
    this.options = options;
  }

  /** Ways to run a model, the fastest first and the one that always works last. Tries them where that wasn't done yet. */
  async ways(model: EngineModel): Promise<Way[]> {
    // A wish that leaves nothing to choose is believed; what it asks for may still fail, and then the job goes on.
    if (!this.isDecided()) await this.tryAll(model);
    return this.ranked(await this.trials(model), model);
  }

  /** What is known of the ways to run a model, after trying those that nothing is known of. */
  async tried(model: EngineModel): Promise<WaySpeed[]> {
    await this.tryAll(model);
    return this.trials(model);
  }

  /** What is known by now of the way that a job would take: earlier jobs, and its speed in the trial. */
  async known(model: EngineModel, scale: Scale): Promise<Pick<KnownSpeeds, 'jobs' | 'samplesPerSecond'>> {
    const circumstances = await this.circumstances(model);
    const trials = this.options.book.trials(circumstances);
    const way = this.ranked(trials, model)[0] ?? plainWay;
    const jobs = this.options.book.jobs({ circumstances, way, scale });
    return { jobs, samplesPerSecond: trials.find((speed) => sameWay(speed.way, way))?.samplesPerSecond ?? null };
  }

  /** A job has ended well. */
  async did(model: EngineModel, kind: Omit<JobKind, 'circumstances'>, speed: JobSpeed): Promise<void> {
    const { samples, processSeconds, overheadSeconds } = speed;
    const circumstances = await this.circumstances(model);
    this.options.book.did({ circumstances, ...kind }, { samples, processSeconds, overheadSeconds });
  }

  /** A way failed in a job in spite of its trial: others are taken until that may have changed. */
  async failed(model: EngineModel, way: Way, why: string): Promise<void> {
    if (sameWay(way, plainWay)) return;
    this.options.book.tried(await this.circumstances(model), { way, samplesPerSecond: null, why });
  }

  /** Everything that decides how fast a model runs here, as text. */
  private async circumstances(model: EngineModel): Promise<string> {
    const weights = (await digestOf(weightFiles(model))) ?? model.kind;
    return `${this.options.machine}, ${this.options.threads} threads, ${weights.slice(0, 16)}`;
  }

  private async trials(model: EngineModel): Promise<WaySpeed[]> {
    return this.options.book.trials(await this.circumstances(model));
  }

  private isDecided(): boolean {
    const { provider, precision } = this.options.wish;
    return provider !== null && precision !== null;
  }

  private ranked(known: readonly WaySpeed[], model: EngineModel): Way[] {
    if (this.isDecided()) return withFallback(candidateWays(model, this.options.wish, []));
    const usable = known.flatMap(({ way, samplesPerSecond }) => (samplesPerSecond ? [{ way, samplesPerSecond }] : []));
    const wished = usable.filter(({ way }) =>
      candidateWays(model, this.options.wish, [way.provider]).some((each) => sameWay(each, way)),
    );
    const worth = ({ way, samplesPerSecond }: (typeof usable)[number]): number =>
      samplesPerSecond / (way.precision === 'int8' ? WORTH_INT8 : 1);
    return withFallback(wished.sort((a, b) => worth(b) - worth(a)).map(({ way }) => way));
  }

  private async tryAll(model: EngineModel): Promise<void> {
    if (model.kind === 'interpolation') return;
    const key = await this.circumstances(model);
    const running = this.measuring.get(key) ?? this.tryUnknown(model, key).finally(() => this.measuring.delete(key));
    this.measuring.set(key, running);
    await running;
  }

  /** The CPU first, by itself; then each other provider in a process of its own. */
  private async tryUnknown(model: EngineModel, key: string): Promise<void> {
    const { book, wish } = this.options;
    const known = book.trials(key);
    const unknown = (here: readonly Provider[]): Way[] =>
      candidateWays(model, wish, here).filter((way) => !known.some((speed) => sameWay(speed.way, way)));
    const first = unknown(['cpu']);
    if (first.length === 0) return;
    const { here, speeds } = await this.tryWays(model, first);
    const others = wish.provider === null ? here.filter((provider) => provider !== 'cpu') : [];
    for (const provider of others) speeds.push(...(await this.tryWays(model, unknown([provider]))).speeds);
    // All at once: where the CPU's are known, so are the others'.
    for (const speed of speeds) book.tried(key, speed);
  }

  private async tryWays(model: EngineModel, ways: readonly Way[]): Promise<TrialOutcome> {
    if (ways.length === 0) return { here: [], speeds: [] };
    const { threads, engine, log } = this.options;
    const outcome = await runTrial({ model, ways, threads, milliseconds: TRIAL_MS }, engine);
    for (const { way, samplesPerSecond, why } of outcome.speeds)
      log.info({ way: wayName(way), samplesPerSecond, why }, 'way tried');
    return outcome;
  }
}
