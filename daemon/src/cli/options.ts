import { resolve } from 'node:path';
import {
  type Alpha,
  AppError,
  BackendId,
  Deband,
  type Fields,
  type FrameRate,
  frameRate,
  LookId,
  type NewTask,
  noModel,
  parseFrameRate,
  parseTime,
  type RateConversion,
  Scale,
  type Settings,
  usualModel,
} from '@uprez/shared';
import { InvalidArgumentError } from 'commander';

/** Flags of `upscale` and `flat` as commander hands them over; what is absent comes from the settings. */
export interface UpscaleFlags {
  scale?: Scale;
  model?: string;
  backend?: BackendId;
  look?: LookWord;
  strength?: number;
  deband?: Deband;
  lut?: boolean;
  from?: string;
  to?: string;
  fps?: FrameRate;
  handles?: number;
  audio: boolean;
  fpsMethod?: RateConversion;
  fields?: Fields;
  alpha?: Alpha;
  output?: string;
  json?: boolean;
  detach?: boolean;
}

/** Every well-formed time reads at one of these: both drop-frame rates, and one for high frame numbers. */
const someRates = [frameRate(30000, 1001), frameRate(60000, 1001), frameRate(240)];

/** Accepts what is a time at some rate; the clip's own rate decides later which frame it is. */
export function time(text: string): string {
  if (someRates.some((rate) => readable(text, rate))) return text;
  throw new InvalidArgumentError('Use seconds (3.5), hh:mm:ss.mmm or timecode (00:00:03:12).');
}

export function rate(text: string): FrameRate {
  const parsed = parseFrameRate(text);
  if (parsed) return parsed;
  throw new InvalidArgumentError('Use frames per second from 1 to 240, such as 24, 23.976 or 30000/1001.');
}

export function scale(text: string): Scale {
  const { data } = Scale.safeParse(Number(text));
  if (data) return data;
  throw new InvalidArgumentError('Use 2 or 4, or 1 to keep the size.');
}

/** A look without its strength. */
export type LookWord = { id: LookId } | { file: string };

/** The name of a look, or a file. */
export function look(text: string): LookWord {
  if (/\.cube$/i.test(text)) return { file: resolve(text) };
  const { data } = LookId.safeParse(text);
  if (data) return { id: data };
  throw new InvalidArgumentError(`Use ${LookId.options.join(', ')}, or a file ending in .cube.`);
}

export function strength(text: string): number {
  const share = Number(text);
  if (text.trim() !== '' && share >= 0 && share <= 1) return share;
  throw new InvalidArgumentError('Use a number from 0 to 1.');
}

export function deband(text: string): Deband {
  const { data } = Deband.safeParse(text);
  if (data) return data;
  throw new InvalidArgumentError(`Use ${Deband.options.join(', ')}.`);
}

export function backend(text: string): BackendId {
  const { data } = BackendId.safeParse(text);
  if (data) return data;
  throw new InvalidArgumentError(`Use ${BackendId.options.join(', ')}.`);
}

export function handles(text: string): number {
  const frames = Number(text);
  if (/^\d+$/.test(text) && frames <= 10_000) return frames;
  throw new InvalidArgumentError('Use a whole number of frames from 0 to 10000.');
}

/** Does the text name one file rather than a folder? */
export function namesFile(text: string): boolean {
  return /\.mov$/i.test(text);
}

/** The task on a whole clip; what the flags leave open is as the settings say. */
export function taskOf(source: string, flags: UpscaleFlags, settings: Settings): NewTask {
  return {
    source,
    ...modelOf(flags, settings),
    look: { ...(flags.look ?? { id: 'none' }), strength: flags.strength ?? 1 },
    deband: flags.deband ?? 'auto',
    lut: flags.lut ?? false,
    frameRate: flags.fps ?? null,
    handles: flags.handles ?? settings.handles,
    output: flags.output ?? null,
    audio: flags.audio ? 'keep' : 'none',
    ...handlingOf(flags),
  };
}

/** What becomes of a clip's peculiarities. */
function handlingOf(flags: UpscaleFlags): Pick<NewTask, 'rateConversion' | 'fields' | 'alpha'> {
  const { fpsMethod = 'sampling', fields = 'deinterlace', alpha = 'refuse' } = flags;
  return { rateConversion: fpsMethod, fields, alpha };
}

/** Without a model the size stays, and the other way round. */
function modelOf(flags: UpscaleFlags, settings: Settings): Pick<NewTask, 'backend' | 'model' | 'scale'> {
  const backend = flags.backend ?? settings.backend;
  const model = flags.model ?? (flags.scale === 1 ? noModel : usualModel(backend, settings));
  return { backend, model, scale: flags.scale ?? (model === noModel ? 1 : settings.scale) };
}

/** Frames of the clip that the times mean. Throws `input.bad-time`, `input.empty-range`. */
export function rangeOf(flags: Pick<UpscaleFlags, 'from' | 'to'>, timeline: { rate: FrameRate; frames: number }) {
  const from = flags.from === undefined ? 0 : parseTime(flags.from, timeline.rate);
  const to = flags.to === undefined ? null : parseTime(flags.to, timeline.rate);
  const end = Math.min(to ?? timeline.frames, timeline.frames);
  if (from >= end)
    throw new AppError('input.empty-range', { from, to: to ?? timeline.frames, frames: timeline.frames });
  return { from, to };
}

function readable(text: string, at: FrameRate): boolean {
  try {
    parseTime(text, at);
    return true;
  } catch (error) {
    if (error instanceof AppError) return false;
    throw error;
  }
}
