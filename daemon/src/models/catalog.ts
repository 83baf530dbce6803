import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, ModelId, Scale } from '@uprez/shared';
import { z } from 'zod';
import { weightFormats } from './networks/convert.ts';

const fileName = z.string().regex(/^[\w.-]+$/);
const sha256 = z.string().regex(/^[\da-f]{64}$/);

const CatalogEntry = z.object({
  id: z.string().regex(/^[\w.-]+$/),
  name: z.string(),
  purpose: z.string(),
  /** Weights beside the catalogue, or null where none are needed. */
  file: fileName.nullable(),
  /** The same network with 8-bit inner layers, where there is one. */
  int8: fileName.optional(),
  /** SHA-256 of each of its files, by their names. */
  digests: z.record(fileName, sha256).default({}),
  /** Run on each frame twice, the second time upside down, and averaged. */
  mirrored: z.boolean().default(false),
  scales: z.array(Scale),
  licence: z.string(),
  /** 960x540 → 1920x1080 on two cores, for estimates until this machine has its own figures. */
  framesPerSecond: z.number().positive(),
});
export type CatalogEntry = z.infer<typeof CatalogEntry>;

const Catalog = z.object({ models: z.array(CatalogEntry) });

const Licence = z.object({
  /** SPDX identifier. */
  id: z.string(),
  copyright: z.string(),
  /** The text, beside the catalogue. */
  file: z.string().regex(/^licences\/[\w.-]+$/),
});

const Downloads = z.object({
  licences: z.record(z.string(), Licence),
  models: z.array(
    z.object({
      id: ModelId,
      name: z.string(),
      purpose: z.string(),
      /** A name of `licences`. */
      licence: z.string(),
      origin: z.string(),
      url: z.url({ protocol: /^https$/ }),
      bytes: z.int().positive(),
      sha256,
      /** What the file is: an ONNX network, or weights that are turned into one. */
      format: z.enum(['onnx', ...weightFormats]),
      framesPerSecond: z.number().positive(),
    }),
  ),
});

/** A model that can be downloaded, with its licence. */
export type Offer = Omit<z.infer<typeof Downloads>['models'][number], 'licence'> & {
  licence: { id: string; copyright: string; text: string };
};

/** The models in a folder with a `catalog.json`. Throws `model.corrupt`. */
export function readCatalog(folder: string): CatalogEntry[] {
  return read(join(folder, 'catalog.json'), (value) => Catalog.parse(value).models);
}

/** The models that `downloads.json` in a folder offers. Throws `model.corrupt`. */
export function readOffers(folder: string): Offer[] {
  return read(join(folder, 'downloads.json'), (value) => {
    const { licences, models } = Downloads.parse(value);
    const texts = Object.entries(licences).map(([name, { id, copyright, file }]) => {
      return [name, { id, copyright, text: readFileSync(join(folder, file), 'utf8') }] as const;
    });
    const byName = new Map(texts);
    return models.map((model) => {
      const licence = byName.get(model.licence);
      if (!licence) throw new Error(`${model.id} has the licence “${model.licence}”, which is not listed`);
      return { ...model, licence };
    });
  });
}

function read<T>(path: string, parse: (value: unknown) => T): T {
  try {
    return parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new AppError('model.corrupt', { model: path, why: whyOf(cause) }, { cause });
  }
}

/** The text of an error that is no AppError, for the sentence of one. */
export function whyOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
