import { statfs } from 'node:fs/promises';
import type { Health, Model } from '@uprez/shared';
import { AppError } from '@uprez/shared';
import type { Config } from './config.ts';
import type { FfmpegTool } from './media/find-ffmpeg.ts';

type Check = Health['checks'][number];

export interface HealthParts {
  config: Config;
  /** Looks for ffmpeg anew: it may have been installed since the start. */
  ffmpeg: () => Promise<FfmpegTool>;
  models: () => Promise<Model[]>;
  /** Throws when the model's weights can't be used. */
  checkModel: (id: string) => void;
  threads: number;
}

/** Below this a long clip in ProRes fills the disk: an hour of HD at the HQ rate takes 99 GB. */
const ROOM_BYTES = 10e9;

/** What `uprez doctor` shows. */
export async function checkHealth(parts: HealthParts): Promise<Check[]> {
  const { config, threads } = parts;
  return [
    ok('Node', `${process.versions.node} on ${process.platform} ${process.arch}, ${threads} threads for models`),
    await checkFfmpeg(parts),
    ...(await checkModels(parts)),
    await checkRoom(config.paths.data),
    ok('log', config.paths.logFile),
  ];
}

async function checkFfmpeg({ ffmpeg }: HealthParts): Promise<Check> {
  try {
    const { path, version } = await ffmpeg();
    return ok('ffmpeg', `${version} at ${path}`);
  } catch (error) {
    return wrong('ffmpeg', error);
  }
}

async function checkModels({ models, checkModel }: HealthParts): Promise<Check[]> {
  const all = await models();
  return all.map(({ id, licence }) => {
    try {
      checkModel(id);
      return ok(`model ${id}`, `ready, licence ${licence}`);
    } catch (error) {
      return wrong(`model ${id}`, error);
    }
  });
}

async function checkRoom(folder: string): Promise<Check> {
  const { bavail, bsize } = await statfs(folder);
  const detail = `${Math.floor((bavail * bsize) / 1e9)} GB free in ${folder}`;
  if (bavail * bsize >= ROOM_BYTES) return ok('disk', detail);
  return { name: 'disk', status: 'warning', detail, next: 'Free some space: an hour of HD takes about 100 GB.' };
}

function ok(name: string, detail: string): Check {
  return { name, status: 'ok', detail, next: null };
}

function wrong(name: string, error: unknown): Check {
  const known = error instanceof AppError ? error : new AppError('daemon.internal', {}, { cause: error });
  return { name, status: 'error', detail: known.message, next: known.next };
}
