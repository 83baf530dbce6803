import { catalog, type CatalogModel } from './catalog.ts';
import {
  type Asked,
  type Encoder,
  type Filter,
  type Order,
  type Output,
  refused,
  type Resolution,
  type SettledOrder,
} from './wire.ts';

interface EncoderRules {
  /** The first is the default. */
  profiles: readonly string[];
  /** Largest side either way. */
  largest: { width: number; height: number };
  /** The only one where there is one, else those to choose from. */
  containers: readonly string[];
  /** Mbit/s; undefined = no limit. */
  bitrate?: number;
}

const encoders: Record<Encoder, EncoderRules> = {
  AV1: { profiles: ['8-bit', '10-bit'], largest: box(16_384, 8704), containers: ['mp4'], bitrate: 800 },
  H264: { profiles: ['High'], largest: box(4096), containers: ['mp4', 'mov', 'mkv'], bitrate: 2000 },
  H265: { profiles: ['Main10', 'Main'], largest: box(8192), containers: ['mp4', 'mov', 'mkv'], bitrate: 2000 },
  ProRes: { profiles: ['422 HQ', '422 Std', '422 LT', '422 Proxy'], largest: box(16_386), containers: ['mov'] },
  VP9: { profiles: ['Good', 'Best'], largest: box(8192), containers: ['mp4'], bitrate: 2000 },
};

/** Sizes are rounded up to this. */
const SIZE_STEP = 4;

/**
 * What the service makes of an order whose fields are each valid: defaults filled in, size and rate as they will be.
 * Throws a refusal without `errors[]` where fields don't go together.
 */
export function settle(order: Order, supported: readonly string[]): SettledOrder {
  const models = order.filters.map(({ model }) => knownModel(model, supported));
  const encoder = order.output.videoEncoder ?? 'H265';
  const output: Output = {
    ...order.output,
    resolution: settledSize(order, models),
    frameRate: settledRate(order, models),
    videoEncoder: encoder,
    videoProfile: settledProfile(encoder, order.output.videoProfile),
    container: settledContainer(encoder, order.output.container),
    ...compression(encoder, order.output),
  };
  expectSize(encoder, output.resolution);
  expectBitrate(encoder, output.videoBitrate);
  if (output.audioTransfer !== 'None' && !output.audioCodec)
    throw refused.invalid(`audioCodec is required when audioTransfer is ${output.audioTransfer}`);
  for (const filter of order.filters)
    expectModelLimits(knownModel(filter.model, supported), { ...order, output }, filter);
  const filters = order.filters.map((filter, i) =>
    models[i]?.kind === 'interpolation' && filter['fps'] !== undefined ? { ...filter, fps: output.frameRate } : filter,
  );
  return { source: order.source, filters, output };
}

/** Frames of the result: a higher rate adds some, slow motion multiplies them. */
export function outputFrames({ source, filters, output }: SettledOrder): number {
  const slowmo = filters.reduce((factor, filter) => factor * Number(filter['slowmo'] ?? 1), 1);
  return Math.round(source.frameCount * (output.frameRate / source.frameRate) * slowmo);
}

function knownModel(id: string, supported: readonly string[]): CatalogModel {
  const model = catalog.get(id);
  if (!model || !supported.includes(id)) throw refused.invalid(`Model ${id} is not supported`);
  return model;
}

/** Only models that scale may ask for another size; then it is rounded up. */
function settledSize({ source, output }: Order, models: readonly CatalogModel[]): Resolution {
  if (!models.some(({ kind }) => kind === 'upscale')) return source.resolution;
  const { width, height } = output.resolution;
  return { width: roundedUp(width), height: roundedUp(height) };
}

function roundedUp(side: number): number {
  return Math.ceil(side / SIZE_STEP) * SIZE_STEP;
}

/** Without an interpolation model the source's rate; with one the greater of `output.frameRate` and the filter's `fps`. */
function settledRate({ source, filters, output }: Order, models: readonly CatalogModel[]): number {
  if (!models.some(({ kind }) => kind === 'interpolation')) return source.frameRate;
  return Math.max(output.frameRate, ...filters.map((filter) => Number(filter['fps'] ?? 0)));
}

function settledProfile(encoder: Encoder, asked: string | undefined): string {
  const { profiles } = encoders[encoder];
  if (asked === undefined) return profiles[0] ?? '';
  if (profiles.includes(asked)) return asked;
  throw refused.invalid(`videoProfile ${asked} is not valid for ${encoder}; valid profiles: ${profiles.join(', ')}`);
}

/** ProRes, AV1 and VP9 have one container each, whatever was asked for. */
function settledContainer(encoder: Encoder, asked = 'mp4'): string {
  const { containers } = encoders[encoder];
  if (containers.length === 1) return containers[0] ?? asked;
  if (containers.includes(asked)) return asked;
  throw refused.invalid(`container ${asked} is not valid for ${encoder}; valid containers: ${containers.join(', ')}`);
}

type Compression = Pick<Asked, 'dynamicCompressionLevel' | 'videoBitrate'>;

/** The level wins over a bit rate; High where neither is given. VP9 takes a bit rate only, ProRes neither. */
function compression(encoder: Encoder, { dynamicCompressionLevel: level, videoBitrate }: Asked): Compression {
  if (encoder === 'ProRes') return { videoBitrate: undefined, dynamicCompressionLevel: undefined };
  if (encoder === 'VP9') return { videoBitrate, dynamicCompressionLevel: undefined };
  if (level) return { dynamicCompressionLevel: level, videoBitrate: undefined };
  return videoBitrate ? { videoBitrate } : { dynamicCompressionLevel: 'High' };
}

function expectSize(encoder: Encoder, { width, height }: Resolution): void {
  const { largest } = encoders[encoder];
  const fits = (w: number, h: number): boolean => w <= largest.width && h <= largest.height;
  if (fits(width, height) || fits(height, width)) return;
  throw refused.invalid(
    `Resolution ${width}x${height} exceeds the maximum of ${encoder} (${largest.width}x${largest.height})`,
  );
}

function expectBitrate(encoder: Encoder, bitrate: string | undefined): void {
  const limit = encoders[encoder].bitrate;
  if (encoder === 'VP9' && bitrate === undefined) throw refused.invalid('videoBitrate is required for VP9');
  if (bitrate === undefined || limit === undefined) return;
  const megabits = Number.parseFloat(bitrate) / (bitrate.toLowerCase().endsWith('k') ? 1000 : 1);
  if (megabits > limit) throw refused.invalid(`videoBitrate ${bitrate} exceeds the maximum of ${encoder} (${limit}m)`);
}

function expectModelLimits(model: CatalogModel, order: Order, filter: Filter): void {
  for (const field of model.needs ?? [])
    if (filter[field] === undefined) throw refused.invalid(`${field} is required for ${filter.model}`);
  const most = mostFrames(model, filter);
  if (order.source.frameCount > most) throw refused.invalid(`${filter.model} takes at most ${most} frames`);
  const { width, height } = order.output.resolution;
  if (width * height > (model.pixels ?? Infinity))
    throw refused.invalid(`Resolution ${width}x${height} is too large for ${filter.model}`);
}

function mostFrames({ frames }: CatalogModel, filter: Filter): number {
  const prompted = filter['prompt'] === undefined ? undefined : frames?.withPrompt;
  return prompted ?? frames?.most ?? Infinity;
}

function box(width: number, height = width): { width: number; height: number } {
  return { width, height };
}
