import type { ModelRegistry } from '../../models/registry.ts';
import type { EngineProcessOptions } from './engine-process.ts';
import type { Speeds } from './speeds.ts';

export interface LocalOptions {
  ffmpeg: string;
  models: ModelRegistry;
  /** Which ways to run a model are fastest on this computer. */
  speeds: Speeds;
  /** Threads of inference and of each encoder. */
  threads: number;
  /** Folder for results where a task names none; null = beside the source. Asked at each job's first start. */
  outputFolder: () => string | null;
  /** Folder for partial files; null = beside the result. Not used where it is on another disk than the result. */
  tempFolder: string | null;
  engine: EngineProcessOptions;
  /** Told about each engine process, so that a daemon that was killed finds it again. */
  processes: { record(jobId: string, pid: number): void; forget(pid: number): void };
}
