import { access, constants, readdir, readFile } from 'node:fs/promises';
import { basename, join, posix, win32 } from 'node:path';
import type { Scale } from '@uprez/shared';
import { z } from 'zod';

/** A Topaz Video on this computer. */
export interface Installation {
  /** Where the app lies. */
  folder: string;
  /** Its own ffmpeg, the only one with its filters. */
  ffmpeg: string;
  /** What its models are described by, and where the user's sign-in lies. */
  models: string;
}

/** A model of the app that enlarges, and that its ffmpeg runs. */
export interface DesktopModel {
  id: string;
  name: string;
  purpose: string;
  scales: Scale[];
}

/** Where the app is installed to, the newer name first: "Topaz Video AI" until version 7. */
const names = ['Topaz Video', 'Topaz Video AI'] as const;

/** Where to look; `chosen` is a folder that the user named. Pure. */
export function places(platform: NodeJS.Platform, chosen: string | null): Installation[] {
  if (chosen !== null) return [chosen.endsWith('.app') ? inBundle(chosen) : inFolder(platform, chosen)];
  if (platform === 'darwin') return names.map((name) => inBundle(`/Applications/${name}.app`));
  if (platform !== 'win32') return [];
  return names.map((name) => ({
    ...inFolder(platform, `C:\\Program Files\\Topaz Labs LLC\\${name}`),
    models: `C:\\ProgramData\\Topaz Labs LLC\\${name}\\models`,
  }));
}

function inBundle(folder: string): Installation {
  const contents = posix.join(folder, 'Contents');
  return { folder, ffmpeg: posix.join(contents, 'MacOS/ffmpeg'), models: posix.join(contents, 'Resources/models') };
}

function inFolder(platform: NodeJS.Platform, folder: string): Installation {
  const [{ join: within }, program] = platform === 'win32' ? [win32, 'ffmpeg.exe'] : [posix, 'ffmpeg'];
  return { folder, ffmpeg: within(folder, program), models: within(folder, 'models') };
}

/** The first of the places at which there is such an app, or undefined. */
export async function findInstallation(candidates: readonly Installation[]): Promise<Installation | undefined> {
  for (const place of candidates) {
    const there = [access(place.ffmpeg, constants.X_OK), access(place.models)];
    if ((await Promise.allSettled(there)).every(({ status }) => status === 'fulfilled')) return place;
  }
  return undefined;
}

/** What there is, for `uprez doctor`. */
export async function describeInstallation(
  candidates: readonly Installation[],
): Promise<{ folder: string; models: number } | null> {
  const found = await findInstallation(candidates);
  return found ? { folder: found.folder, models: (await modelsOf(found)).length } : null;
}

/** Kind of model that enlarges; others interpolate or stabilise. */
const ENLARGES = 1;

/** The app's own description of a model, as far as it is of use here; everything else in it may change. */
const Description = z.object({
  modelType: z.number(),
  enabled: z.union([z.boolean(), z.number()]).default(true),
  /** Runs in a server of the app's own that nobody else can talk to. */
  isNeuroserverModel: z.boolean().default(false),
  displayName: z.string().optional(),
  gui: z
    .object({
      name: z.string().optional(),
      desc: z.string().default('a model of the Topaz app'),
      minScale: z.number().default(1),
      maxScale: z.number().default(4),
    })
    .prefault({}),
});

/** What `tvai_up` calls a model; the file that describes it is named so. */
const MODEL_NAME = /^[a-z]+-\d+(\.\d+)?$/;

/** The models of the app that can be used, by name. Descriptions that can't be read are left out. */
export async function modelsOf({ models }: Pick<Installation, 'models'>): Promise<DesktopModel[]> {
  const files = (await readdir(models).catch(() => [])).filter((name) => name.endsWith('.json')).sort();
  const found = await Promise.all(files.map((name) => readModel(join(models, name))));
  return found.flatMap((model) => model ?? []);
}

async function readModel(path: string): Promise<DesktopModel | undefined> {
  const id = basename(path, '.json');
  if (!MODEL_NAME.test(id)) return undefined;
  const { data } = Description.safeParse(
    await readFile(path, 'utf8')
      .then(JSON.parse)
      .catch(() => undefined),
  );
  if (!data || data.modelType !== ENLARGES || !data.enabled || data.isNeuroserverModel) return undefined;
  const scales = ([2, 4] as const).filter((scale) => scale >= data.gui.minScale && scale <= data.gui.maxScale);
  const name = data.displayName ?? data.gui.name ?? id;
  return scales.length > 0 ? { id, name, purpose: data.gui.desc, scales } : undefined;
}
