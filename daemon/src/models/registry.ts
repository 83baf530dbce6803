import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AppError, type Model, type ModelDetails, type Scale } from '@uprez/shared';
import type { AddedModel } from './added-model.ts';
import { type CatalogEntry, type Offer, readCatalog, whyOf } from './catalog.ts';
import { type EngineModel, weightFiles } from './engine-model.ts';
import { decodeModel } from './onnx.ts';

/** Models of the user's own. They come and go while the daemon runs. */
export interface AddedSource {
  list(): readonly AddedModel[];
  fileOf(model: AddedModel): string;
}

interface Sources {
  added?: AddedSource;
  offers?: readonly Offer[];
}

type KnownModel =
  | { kind: 'catalog'; entry: CatalogEntry; folder: string; bundled: boolean }
  | { kind: 'added'; entry: AddedModel; file: string };

/** RGB networks of every scale are fitted to both (rgb-traits.ts). */
const rgbScales: Model['scales'] = [2, 4];

const nothingAdded: AddedSource = { list: () => [], fileOf: () => '' };

/** Every model by its id: those in some folders, those that the user added, and those that can be downloaded. */
export class ModelRegistry {
  private readonly catalog: readonly (KnownModel & { kind: 'catalog' })[];
  private readonly added: AddedSource;
  private readonly offers: readonly Offer[];

  /**
   * Of models with one id the first counts: in the order of the folders, the first of which is Uprez's own, then added
   * ones, then offers. Throws `model.corrupt` for a broken catalogue.
   */
  constructor(folders: readonly string[], { added = nothingAdded, offers = [] }: Sources = {}) {
    this.catalog = folders.flatMap((folder, i) =>
      readCatalog(folder).map((entry) => ({ kind: 'catalog' as const, entry, folder, bundled: i === 0 })),
    );
    this.added = added;
    this.offers = offers;
  }

  /** Name, speed and so on of a model that is here. Throws `model.unknown`, `model.not-here`. */
  entry(id: string): CatalogEntry | AddedModel {
    return this.known(id).entry;
  }

  /** What the engine needs of a model. Throws `model.unknown`, `model.not-here`. */
  engineModel(id: string): EngineModel {
    return engineModelOf(this.known(id));
  }

  /** Throws `model.other-scale` where the model is not made for a scale. */
  checkScale(id: string, scale: Scale): void {
    const scales = scalesOf(this.known(id));
    if (scales.includes(scale)) return;
    throw new AppError('model.other-scale', {
      model: id,
      scale,
      scales: scales.map((each) => `${each}x`).join(' or '),
    });
  }

  /** Throws `model.corrupt` when the weights can't be read or are not the ones that the catalogue means. */
  check(id: string): void {
    const known = this.known(id);
    const model = engineModelOf(known);
    const digests = known.kind === 'catalog' ? known.entry.digests : {};
    try {
      for (const file of weightFiles(model))
        if (model.kind === 'planes') checkCore(readFileSync(file), digests[basename(file)]);
        else if (!existsSync(file)) throw new Error('its file is missing');
    } catch (cause) {
      throw new AppError('model.corrupt', { model: id, why: whyOf(cause) }, { cause });
    }
  }

  /** What `pullModel` can get; undefined also where the model is here already. */
  offer(id: string): Offer | undefined {
    return this.find(id) ? undefined : this.offers.find((offer) => offer.id === id);
  }

  /** Could a new model have this id? One that is offered may only be had by downloading it. */
  isFree(id: string): boolean {
    return !this.find(id) && !this.offers.some((offer) => offer.id === id);
  }

  models(): Promise<Model[]> {
    const ids = [...this.catalog, ...this.addedModels()].map(({ entry }) => entry.id);
    const all = [...new Set([...ids, ...this.offers.map(({ id }) => id)])];
    return Promise.all(all.map((id) => this.model(id)));
  }

  /** Throws `model.unknown`. */
  async model(id: string): Promise<Model> {
    const known = this.find(id);
    return known ? describe(known) : offered(this.wanted(id));
  }

  /** Throws `model.unknown`. */
  async details(id: string): Promise<ModelDetails> {
    const model = await this.model(id);
    const known = this.find(id);
    if (!known) return { ...model, ...offeredDetails(this.wanted(id)) };
    return { ...model, ...(known.kind === 'added' ? addedDetails(known) : catalogDetails(known)) };
  }

  private known(id: string): KnownModel {
    const known = this.find(id);
    if (known) return known;
    const { bytes } = this.wanted(id);
    throw new AppError('model.not-here', { model: id, size: `${(bytes / 1e6).toFixed(1)} MB` });
  }

  private wanted(id: string): Offer {
    const offer = this.offers.find((candidate) => candidate.id === id);
    if (!offer) throw new AppError('model.unknown', { model: id });
    return offer;
  }

  private find(id: string): KnownModel | undefined {
    return [...this.catalog, ...this.addedModels()].find(({ entry }) => entry.id === id);
  }

  private addedModels(): (KnownModel & { kind: 'added' })[] {
    return this.added.list().map((entry) => ({ kind: 'added', entry, file: this.added.fileOf(entry) }));
  }
}

function engineModelOf(known: KnownModel): EngineModel {
  if (known.kind === 'added') return { kind: 'rgb', file: known.file, traits: known.entry.traits };
  const { folder, entry } = known;
  if (entry.file === null) return { kind: 'interpolation' };
  const int8 = entry.int8 === undefined ? {} : { int8: join(folder, entry.int8) };
  return { kind: 'planes', files: { fp32: join(folder, entry.file), ...int8 }, mirrored: entry.mirrored };
}

function checkCore(weights: Uint8Array, digest: string | undefined): void {
  const found = createHash('sha256').update(weights).digest('hex');
  if (digest !== undefined && found !== digest) throw new Error('its file is another one than it should be');
  const { graph } = decodeModel(weights);
  const outputs = graph.output.map((value) => value.name).join();
  if (outputs !== 'y_cells,c_cells') throw new Error(`unexpected outputs ${outputs}`);
}

async function describe(known: KnownModel): Promise<Model> {
  const { id, name, purpose, licence } = known.entry;
  const ready = await Promise.all(weightFiles(engineModelOf(known)).map((file) => access(file))).then(
    () => true,
    () => false,
  );
  const facts = { origin: originOf(known), ready, downloadBytes: null, removable: known.kind === 'added' };
  return { id, name, backend: 'local', purpose, scales: scalesOf(known), licence, ...facts };
}

function scalesOf(known: KnownModel): Model['scales'] {
  return known.kind === 'added' ? rgbScales : known.entry.scales;
}

function originOf(known: KnownModel): string {
  if (known.kind === 'added') return known.entry.origin;
  return known.bundled ? 'comes with Uprez' : known.folder;
}

function offered({ id, name, purpose, licence, origin, bytes }: Offer): Model {
  const facts = { origin, ready: false, downloadBytes: bytes, removable: false };
  return { id, name, backend: 'local', purpose, scales: rgbScales, licence: licence.id, ...facts };
}

type MoreDetails = Omit<ModelDetails, keyof Model>;

function offeredDetails({ licence, url, sha256, bytes }: Offer): MoreDetails {
  const published = { url, sha256, bytes };
  const { copyright, text: licenceText } = licence;
  return { copyright, licenceText, published, file: null, sha256: null, addedAt: null, traits: null };
}

function addedDetails({ entry, file }: KnownModel & { kind: 'added' }): MoreDetails {
  const { copyright, licenceText, published, sha256, addedAt, traits } = entry;
  return { copyright, licenceText, published, file, sha256, addedAt, traits };
}

function catalogDetails({ entry, folder }: KnownModel & { kind: 'catalog' }): MoreDetails {
  const file = entry.file === null ? null : join(folder, entry.file);
  const unsaid = { copyright: null, licenceText: null, published: null, sha256: null, addedAt: null, traits: null };
  return { ...unsaid, file };
}
