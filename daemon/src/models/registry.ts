import { readFileSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, type Model, Scale } from '@uprez/shared';
import { z } from 'zod';
import { type EngineModel, weightFiles } from './engine-model.ts';
import { decodeModel } from './onnx.ts';

const CatalogEntry = z.object({
  id: z.string().regex(/^[\w.-]+$/),
  name: z.string(),
  purpose: z.string(),
  /** Weights beside the catalogue, or null where none are needed. */
  file: z
    .string()
    .regex(/^[\w.-]+$/)
    .nullable(),
  /** The same network with 8-bit inner layers, where there is one. */
  int8: z
    .string()
    .regex(/^[\w.-]+$/)
    .optional(),
  scales: z.array(Scale),
  licence: z.string(),
  /** 960x540 → 1920x1080 on two cores, for estimates until this machine has its own figures. */
  framesPerSecond: z.number().positive(),
});
export type CatalogEntry = z.infer<typeof CatalogEntry>;

const Catalog = z.object({ models: z.array(CatalogEntry) });

interface KnownModel extends CatalogEntry {
  folder: string;
}

/** The models in some folders, each with a `catalog.json` and the weights it names. */
export class ModelRegistry {
  private readonly entries: readonly KnownModel[];

  /** Of two models with one id the one in the first folder counts. Throws `model.corrupt` for a broken catalogue. */
  constructor(folders: readonly string[]) {
    this.entries = folders.flatMap((folder) => readCatalog(folder).map((entry) => ({ ...entry, folder })));
  }

  /** Throws `model.unknown`. */
  entry(id: string): KnownModel {
    const entry = this.entries.find((candidate) => candidate.id === id);
    if (!entry) throw new AppError('model.unknown', { model: id });
    return entry;
  }

  /** What the engine needs of a model. Throws `model.unknown`. */
  engineModel(id: string): EngineModel {
    const { file, int8, folder } = this.entry(id);
    if (file === null) return { kind: 'interpolation' };
    return { kind: 'planes', files: { fp32: join(folder, file), ...(int8 && { int8: join(folder, int8) }) } };
  }

  /** Throws `model.corrupt` when the weights can't be read as a core network. */
  check(id: string): void {
    try {
      for (const file of weightFiles(this.engineModel(id))) checkCore(file);
    } catch (cause) {
      throw new AppError(
        'model.corrupt',
        { model: id, why: cause instanceof Error ? cause.message : String(cause) },
        { cause },
      );
    }
  }

  models(): Promise<Model[]> {
    return Promise.all(this.entries.map((entry) => this.describe(entry)));
  }

  private async describe({ id, name, purpose, scales, licence }: CatalogEntry): Promise<Model> {
    const ready = await Promise.all(weightFiles(this.engineModel(id)).map((file) => access(file))).then(
      () => true,
      () => false,
    );
    return { id, name, backend: 'local', purpose, scales, licence, ready };
  }
}

function checkCore(file: string): void {
  const { graph } = decodeModel(readFileSync(file));
  const outputs = graph.output.map((value) => value.name).join();
  if (outputs !== 'y_cells,c_cells') throw new Error(`unexpected outputs ${outputs}`);
}

function readCatalog(folder: string): CatalogEntry[] {
  try {
    return Catalog.parse(JSON.parse(readFileSync(join(folder, 'catalog.json'), 'utf8'))).models;
  } catch (cause) {
    throw new AppError(
      'model.corrupt',
      { model: 'catalog.json', why: cause instanceof Error ? cause.message : String(cause) },
      { cause },
    );
  }
}
