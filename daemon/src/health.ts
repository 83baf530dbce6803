import type { Model, WaySpeed } from '@uprez/shared';
import { wayName } from '@uprez/shared';
import type { Config } from './config.ts';
import { advisoriesOf, isDistributions } from './health/advisories.ts';
import { type Check, ok, warn, wrong } from './health/checks.ts';
import { checkFolders } from './health/folders.ts';
import { checkHouse, type HouseState } from './health/house.ts';
import type { LoginItem } from './login/login-item.ts';
import type { FfmpegTool } from './media/find-ffmpeg.ts';

export interface HealthParts {
  config: Config;
  house: HouseState;
  /** Looks for ffmpeg anew: it may have been installed since the start. */
  ffmpeg: () => Promise<FfmpegTool>;
  models: () => Promise<Model[]>;
  /** Rejects when the model's weights can't be used or are not those that they should be. */
  checkModel: (id: string) => Promise<void>;
  threads: number;
  /** The Topaz app: where it is, and how many of its models can be used; null where it is not installed. */
  topazApp: () => Promise<{ folder: string; models: number } | null>;
  /** What came of running the usual model in all the ways there are. */
  ways: () => Promise<WaySpeed[]>;
  login: LoginItem | undefined;
  /** In words, where the icon is. */
  tray: string;
}

/** What `uprez doctor` shows. */
export async function checkHealth(parts: HealthParts): Promise<Check[]> {
  const { config, house, threads, tray } = parts;
  return [
    ok('Node', `${process.versions.node} on ${process.platform} ${process.arch}, ${threads} threads for models`),
    await checkFfmpeg(parts),
    ...(await checkModels(parts)),
    ...(await checkWays(parts)),
    await checkTopazApp(parts),
    ...(await checkFolders(config, house.settings.outputFolder)),
    ...checkHouse(house),
    checkLogin(parts),
    ok('tray', tray),
    ok('log', config.paths.logFile),
  ];
}

async function checkFfmpeg({ ffmpeg }: HealthParts): Promise<Check> {
  try {
    const { path, version } = await ffmpeg();
    const detail = `${version} at ${path}, with all encoders and filters`;
    if (isDistributions(version)) return ok('ffmpeg', `${detail}; its fixes come with your system's updates`);
    const known = advisoriesOf(version);
    if (known.length === 0) return ok('ffmpeg', detail);
    const weaknesses = known.map(({ id, what, source }) => `${id} (${what}, ${source})`).join(', ');
    return warn('ffmpeg', `${detail}; known to be open: ${weaknesses}`, 'Install a newer ffmpeg, 8.1.2 or later.');
  } catch (error) {
    return wrong('ffmpeg', error);
  }
}

async function checkModels({ models, checkModel }: HealthParts): Promise<Check[]> {
  const here = (await models()).filter(({ downloadBytes }) => downloadBytes === null);
  return Promise.all(
    here.map(({ id, licence }) =>
      checkModel(id).then(
        () => ok(`model ${id}`, `ready and unchanged, licence ${licence}`),
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

/** It is nobody's duty to have it. */
async function checkTopazApp({ topazApp }: HealthParts): Promise<Check> {
  const found = await topazApp();
  if (!found) return ok('Topaz Video app', 'not installed; models of the app are not offered');
  return ok('Topaz Video app', `at ${found.folder}, with ${found.models} models that can be used (experimental)`);
}

function checkLogin({ login }: HealthParts): Check {
  if (!login) return ok('autostart', 'this system has no such thing');
  const { way, place } = login.state();
  return ok('autostart', way === null ? 'off; to turn it on, type: uprez autostart on' : `on, by ${place}`);
}
