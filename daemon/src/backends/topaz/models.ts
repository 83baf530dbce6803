import { type Model, type Scale, type Size } from '@uprez/shared';
import { cloud } from './refusals.ts';

/** What is known of a model before the service is asked. */
export interface CloudModel {
  id: string;
  name: string;
  purpose: string;
  scales: readonly Scale[];
  /** Sent with the filter, beside the model's id. */
  parameters: Readonly<Record<string, string | number | boolean>>;
  price: Price;
  limits: Limits;
}

/** Credits for a gigapixel of result, or frames that a credit pays for at 1080p and at 4K. */
export type Price = { perGigapixel: number } | { framesPerCredit: readonly [hd: number, uhd: number] };

export interface Limits {
  /** Longest clip, in frames. */
  frames?: number;
  /** Largest result: long and short side. */
  result?: readonly [long: number, short: number];
  /** Sizes below are refused: short side of the source. */
  shortest?: number;
}

const UHD = [4096, 2160] as const;
const FOUR_K = [3840, 2160] as const;
const HD = [1920, 1080] as const;

/** Proteus and its like: every cell of the service's table is ceil(2.02 x gigapixels of result). */
const quality: Price = { perGigapixel: 2.02 };
const fast: Price = { perGigapixel: 1.01 };
const diffusion: Price = { framesPerCredit: [26.0417, 11.9179] };
const diffusionFast: Price = { framesPerCredit: [52, 24] };
const astra = { price: { framesPerCredit: [10, 6] }, limits: { result: FOUR_K } } as const;

/** Auto: the model estimates its strengths from the picture. Frames arrive without fields: interlaced clips are converted before. */
const byItself = { auto: 'Auto', videoType: 'Progressive' } as const;

type Row = [id: string, name: string, purpose: string, rest?: Partial<Omit<CloudModel, 'id' | 'name' | 'purpose'>>];

/** Upscalers of the service, the eleven of its first catalogue before newer ones. */
const rows: readonly Row[] = [
  ['prob-4', 'Proteus', 'all-rounder; cleans compressed and noisy footage'],
  ['ahq-12', 'Artemis High Quality', 'clean, high-quality footage'],
  ['amq-13', 'Artemis Medium Quality', 'footage with some noise and compression'],
  ['alq-13', 'Artemis Low Quality', 'noisy, strongly compressed footage'],
  ['ghq-5', 'Gaia High Quality', 'clean camera footage, gently'],
  ['gcg-5', 'Gaia Computer Graphics', 'rendered images, games, animation'],
  ['nyx-3', 'Nyx', 'removes noise, as of high ISO', { price: { framesPerCredit: [518, 129] } }],
  ['rhea-1', 'Rhea', 'fine detail and texture at 4x'],
  ['iris-3', 'Iris', 'faces in low-quality footage'],
  ['thd-3', 'Theia Detail', 'sharpens and brings out detail'],
  ['thf-4', 'Theia Fidelity', 'sharpens and stays close to the source'],
  ['pnat-1', 'Proteus Natural', 'all-rounder with a natural look', { scales: [2] }],
  ['iris-2', 'Iris 2', 'faces in medium-quality footage'],
  ['amqs-2', 'Artemis Strong Halo', 'some noise and strong halos'],
  ['alqs-2', 'Artemis Low Quality, Strong Halo', 'much noise and strong halos'],
  ['aaa-9', 'Artemis Aliasing and Moiré 9', 'stair steps and moiré'],
  ['aaa-10', 'Artemis Aliasing and Moiré', 'stair steps and moiré'],
  ['ganim-1', 'Gaia Animation', 'drawn animation', { scales: [2], price: { framesPerCredit: [300, 100] } }],
  ['nxl-1', 'Nyx XL', 'removes heavy noise'],
  ['nxf-1', 'Nyx Fast', 'removes noise, quickly', { price: fast }],
  ['nxhf-1', 'Nyx High Fidelity', 'removes noise and keeps texture'],
  ['slp-2.6', 'Starlight Precise', 'restores by diffusion, close to the source', generative(UHD, 9000)],
  ['slp-2.5', 'Starlight Precise 2.5', 'restores by diffusion, close to the source', generative(UHD, 9000)],
  ['slf-3', 'Starlight Fast', 'restores by diffusion, quickly', generative(UHD, 9000)],
  ['slf-2', 'Starlight Fast 2', 'restores by diffusion', { ...generative(UHD, 9000), price: diffusionFast }],
  [
    'slhq-1',
    'Starlight High Quality',
    'restores by diffusion',
    { ...generative(UHD), limits: { result: UHD, shortest: 480 } },
  ],
  ['slm-1', 'Starlight Mini', 'restores archive footage by diffusion', generative(UHD)],
  // How freely they invent has to be said: little, as a clip is to stay what it is.
  [
    'ast-2',
    'Astra 2',
    'invents detail',
    { ...astra, limits: { result: FOUR_K, frames: 9000 }, parameters: { creativity: 0.2 } },
  ],
  ['slc-1', 'Astra', 'invents detail', { ...astra, parameters: { creativity: 'low', isOptimizedMode: true } }],
  ['wonder-1', 'Starlight Sharp', 'restores by diffusion; results up to 1080p', generative(HD)],
];

const known = new Map(rows.map((row) => [row[0], modelOf(row)]));

/** Ids of the service that enlarge nothing: interpolation, motion blur, colour, stabilising, objects, fields. */
const otherTrades = /^(aion|apo|apf|chr|chf|thm|hyp|color|remove|stab|ddv|dtd|dtds|dtv|dtvs)-/;

/** A model by its id; one that only the service knows gets the usual request. */
export function cloudModel(id: string): CloudModel | undefined {
  if (otherTrades.test(id)) return undefined;
  return known.get(id) ?? (/^[a-z]+-\d+(\.\d+)?$/.test(id) ? modelOf([id, id, 'listed by the service']) : undefined);
}

/** Models for clients: what is known here, as far as the service lists it, and what only the service knows. */
export function offeredModels(listed: readonly string[] | null, ready: boolean): Model[] {
  const ids = listed === null ? [...known.keys()] : [...known.keys()].filter((id) => listed.includes(id));
  const further = (listed ?? []).filter((id) => !known.has(id));
  return [...ids, ...further].flatMap((id) => {
    const model = cloudModel(id);
    if (!model) return [];
    const { name, purpose, scales } = model;
    const facts = { licence: 'cloud service', origin: 'the Topaz cloud', ready, downloadBytes: null, removable: false };
    return [{ id, name, backend: 'topaz', purpose, scales: [...scales], ...facts }];
  });
}

/** Refuses what the service would refuse, or charge for in vain. Throws `cloud.limit`. */
export function checkLimits(
  { id, scales, limits }: CloudModel,
  job: { frames: number; source: Size; result: Size; scale: Scale },
): void {
  const refuse = (why: string, hint: string): never => {
    throw cloud('cloud.limit', { model: id, why, hint });
  };
  if (!scales.includes(job.scale))
    refuse(`it enlarges ${scales.join(' or ')} times only`, 'Choose another scale or model.');
  if (limits.frames !== undefined && job.frames > limits.frames)
    refuse(`${job.frames} frames are more than its ${limits.frames}`, 'Take a shorter part with --from and --to.');
  if (limits.shortest !== undefined && sides(job.source)[1] < limits.shortest)
    refuse(`the clip is less than ${limits.shortest} pixels high`, 'Choose another model.');
  const [long, short] = sides(job.result);
  if (limits.result && (long > limits.result[0] || short > limits.result[1]))
    refuse(
      `${job.result.width}x${job.result.height} is more than its ${limits.result.join('x')}`,
      'Choose a smaller scale or another model.',
    );
}

/** What a result will cost, by the service's table; its quote decides. */
export function assumedCredits({ price }: CloudModel, size: Size, frames: number): number {
  const pixels = size.width * size.height;
  if ('perGigapixel' in price) return Math.max(1, Math.ceil((price.perGigapixel * pixels * frames) / 1e9));
  const [hd, uhd] = price.framesPerCredit;
  return Math.max(1, Math.ceil(frames / (pixels > HD[0] * HD[1] ? uhd : hd)));
}

function generative(result: readonly [number, number], frames?: number): NonNullable<Row[3]> {
  return { parameters: {}, price: diffusion, limits: { result, ...(frames === undefined ? {} : { frames }) } };
}

function modelOf([id, name, purpose, rest]: Row): CloudModel {
  return { id, name, purpose, scales: [2, 4], parameters: byItself, price: quality, limits: {}, ...rest };
}

function sides({ width, height }: Size): [long: number, short: number] {
  return width > height ? [width, height] : [height, width];
}
