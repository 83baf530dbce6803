import type { Way } from '@uprez/shared';
import type { EngineModel } from '../../models/engine-model.ts';
import type { ModelRegistry } from '../../models/registry.ts';

export interface LocalOptions {
  ffmpeg: string;
  models: ModelRegistry;
  /** Ways to run a model on this computer, the best first. */
  ways: (model: EngineModel) => Promise<readonly Way[]>;
  /** Threads of inference and of each encoder. */
  threads: number;
  /** Folder for results where a task names none; null = beside the source. Asked at each job's first start. */
  outputFolder: () => string | null;
  /** Folder for partial files; null = beside the result. Not used where it is on another disk than the result. */
  tempFolder: string | null;
  /** The bundled engine's file. */
  engineScript: string;
  /** Told about each engine process, so that a daemon that was killed finds it again. */
  processes: { record(jobId: string, pid: number): void; forget(pid: number): void };
}
