import { statfs } from 'node:fs/promises';
import type { Health, Model, WaySpeed } from '@uprez/shared';
import { AppError, wayName } from '@uprez/shared';
import type { Config } from './config.ts';
import type { FfmpegTool } from './media/find-ffmpeg.ts';

type Check = Health['checks'][number];

export interface HealthParts {
  config: Config;
  /** Looks for ffmpeg anew: it may have been installed since the start. */
  ffmpeg: () => Promise<FfmpegTool>;
  models: () => Promise<Model[]>;
  /** Rejects when the model's weights can't be used. */
  checkModel: (id: string) => Promise<void>;
  threads: number;
  /** What came of running the usual model in all the ways there are. */
  ways: () => Promise<WaySpeed[]>;
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
    ...(await checkWays(parts)),
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
  const here = (await models()).filter(({ downloadBytes }) => downloadBytes === null);
  return Promise.all(
    here.map(({ id, licence }) =>
      checkModel(id).then(
        () => ok(`model ${id}`, `ready, licence ${licence}`),
        (error: unknown) => wrong(`model ${id}`, error),
      ),
    ),
  );
}

/** Frames of 960x540 are what the catalogue counts in. */
const USUAL_FRAME = 960 * 540;

async function checkWays({ ways }: HealthParts): Promise<Check[]> {
  const tried = await ways().catch((error: unknown) => wrong('speed', error));
  if (!Array.isArray(tried)) return [tried];
  return tried.map(({ way, samplesPerSecond, why }) => {
    const speed = samplesPerSecond && `${(samplesPerSecond / USUAL_FRAME).toFixed(1)} fps from 960x540 to 1920x1080`;
    return ok(`models on ${wayName(way)}`, speed ? speed : `not usable: ${why ?? 'unknown'}`);
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
