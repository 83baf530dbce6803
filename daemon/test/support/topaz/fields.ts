import { z } from 'zod';
import { type FieldError, type Order, refused } from './wire.ts';

/** The field tables of the API: what every field may hold. Messages go on from the field's name. */

const containers = '3gp avi dv flv m1v m2t m2ts m2v m4v mkv mov mp4 mpeg mpg mts mxf ser ts vob webm wmv'.split(' ');
const profiles = [
  '8-bit',
  '10-bit',
  'High',
  'Main',
  'Main10',
  '422 Proxy',
  '422 LT',
  '422 Std',
  '422 HQ',
  'Good',
  'Best',
];

/** Exclusive. */
const SIZE_LIMIT = 100_000_000_000;

const whole = (min: number, max: number) =>
  z.int(`must be a whole number from ${min} to ${max}`).min(min, between(min, max)).max(max, between(min, max));
const number = (min: number, max: number) =>
  z.number(between(min, max)).min(min, between(min, max)).max(max, between(min, max));
const positive = z.number('must be a number above 0').positive('must be a number above 0');
const flag = z.boolean('must be true or false');
const text = z.string('must be text');

/** One of the values, written in upper or lower case. */
function oneOf<T extends string>(values: readonly T[]) {
  const error = `must be one of ${values.join(', ')}`;
  return z.string(error).transform((given, context): T => {
    const found = values.find((value) => value.toLowerCase() === given.toLowerCase());
    if (found !== undefined) return found;
    context.addIssue({ code: 'custom', message: error, input: given });
    return z.NEVER;
  });
}

/** One of the values exactly as written. */
const exactly = <T extends string>(...values: [T, ...T[]]) => z.enum(values, `must be one of ${values.join(', ')}`);

const resolution = z.strictObject(
  { width: whole(1, 100_000), height: whole(1, 100_000) },
  'must be an object of width and height',
);

const source = z.strictObject(
  {
    container: oneOf(containers),
    size: whole(1, SIZE_LIMIT - 1),
    duration: positive,
    frameCount: positive,
    frameRate: positive,
    resolution,
  },
  'must be an object',
);

const output = z.strictObject(
  {
    resolution,
    frameRate: positive,
    videoEncoder: oneOf(['AV1', 'H264', 'H265', 'ProRes', 'VP9']).optional(),
    videoProfile: oneOf(profiles).optional(),
    container: oneOf(['mp4', 'mov', 'mkv', 'avi', 'webm']).optional(),
    audioTransfer: exactly('Copy', 'Convert', 'None'),
    audioCodec: exactly('AAC', 'AC3', 'PCM').optional(),
    audioBitrate: text.regex(/^\d+$/, 'must be a number as text').optional(),
    dynamicCompressionLevel: exactly('Low', 'Mid', 'High').optional(),
    videoBitrate: text.regex(/^\d+(\.\d+)?[km]$/i, 'must be a number followed by k or m').optional(),
    cropToFit: flag.optional(),
  },
  'must be an object',
);

const slider = number(-1, 1).optional();
const small = number(0, 0.1).optional();

/** Which field belongs to which kind of model is not told apart here: an order for an unknown model fails later. */
const filter = z.strictObject(
  {
    model: text,
    // Enhancement
    videoType: exactly('Progressive', 'Interlaced', 'ProgressiveInterlaced').optional(),
    auto: exactly('Auto', 'Manual', 'Relative').optional(),
    fieldOrder: exactly('TopFirst', 'BottomFirst', 'Auto').optional(),
    focusFixLevel: exactly('None', 'Normal', 'Strong').optional(),
    compression: slider,
    details: slider,
    noise: slider,
    halo: slider,
    preblur: slider,
    blur: slider,
    prenoise: small,
    grain: small,
    grainSigma: number(0, 1).optional(),
    grainSize: number(0, 5).optional(),
    grainType: exactly('silver_rich', 'gaussian', 'grey').optional(),
    recoverOriginalDetailValue: number(0, 1).optional(),
    // hyp-1
    transferFunction: exactly('pq', 'hlg').optional(),
    adjustExposure: number(0, 1).optional(),
    boostSaturation: number(0, 1).optional(),
    highlightThreshold: number(0.45, 0.85).optional(),
    // stab-1
    rollingShutterCorrection: flag.optional(),
    strength: number(0, 16).optional(),
    reduceMotionJitter: whole(0, 5).optional(),
    fullFrame: flag.optional(),
    // Frame interpolation
    slowmo: whole(1, 16).optional(),
    fps: number(15, 240).optional(),
    duplicate: flag.optional(),
    duplicateThreshold: number(0.001, 0.1).optional(),
    // Starlight Precise
    sharpness: number(1, 5).optional(),
    videoBitDepth: whole(8, 16).optional(),
    videoCodec: exactly('ffv1', 'prores', 'vp9').optional(),
    videoProfile: exactly('420', '422', '444').optional(),
    watermark: flag.optional(),
    // Astra
    creativity: z
      .union([number(0, 1), exactly('low', 'middle', 'high')], 'must be 0 to 1, or one of low, middle, high')
      .optional(),
    prompt: text.max(1024, 'must be at most 1024 characters').optional(),
    realism: number(0, 1).optional(),
    sharp: number(0, 1).optional(),
    isOptimizedMode: flag.optional(),
  },
  'must be an object',
);

const order = z.strictObject({
  source,
  filters: z.array(filter, 'must be an array').min(1, 'must hold at least one filter'),
  output,
  notifications: z.strictObject({ webhookUrl: z.url('must be a URL') }).optional(),
});

const uploadResults = z.strictObject({
  md5Hash: text.regex(/^[0-9a-f]{32}$/i, 'must be 32 hexadecimal digits').optional(),
  uploadResults: z
    .array(z.strictObject({ partNum: whole(1, 10_000), eTag: text }), 'must be an array')
    .min(1, 'must hold at least one part'),
});
export type UploadResults = z.output<typeof uploadResults>;

/** Throws a refusal that lists every field that is wrong. */
export function readOrder(body: unknown): Order {
  return read(order, body);
}

/** Throws a refusal that lists every field that is wrong. */
export function readUploadResults(body: unknown): UploadResults {
  return read(uploadResults, body);
}

function read<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body, { reportInput: true });
  if (parsed.success) return parsed.data;
  throw refused.fields(parsed.error.issues.flatMap((issue) => fieldErrors(issue, body)));
}

function fieldErrors(issue: z.core.$ZodIssue, body: unknown): FieldError[] {
  const paths = issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
  return paths.map((path) => ({
    type: 'field',
    path: dotted(path),
    location: 'body',
    msg: `${String(path.at(-1) ?? 'body')} ${issue.code === 'unrecognized_keys' ? 'is not a known field' : issue.message}`,
    value: valueAt(body, path) ?? null,
  }));
}

/** "filters[0].model" */
function dotted(path: readonly PropertyKey[]): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
}

function valueAt(body: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], body);
}

function between(min: number, max: number): string {
  return `must be from ${min} to ${max}`;
}
