import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AppError, type Model, type ModelDetails, type ModelPull, type ServerMessage } from '@uprez/shared';
import type { Logger } from '../log.ts';
import type { AddedModel } from '../models/added-model.ts';
import type { Offer } from '../models/catalog.ts';
import type { ModelRegistry } from '../models/registry.ts';
import type { RgbTraits } from '../models/rgb-traits.ts';
import type { AddedModels } from './added-models.ts';
import type { Download } from './download.ts';
import { copyIn, idFor, knownFacts, nameFor, writeOnnx } from './intake.ts';
import { PullProgress } from './pull-progress.ts';
import { discard } from './validator.ts';

/** Finds out what an ONNX file is and tries it. Throws an AppError for what can't be used. */
export type Inspect = (file: string, options: { signal: AbortSignal; name: string }) => Promise<RgbTraits>;

export interface LibraryParts {
  added: AddedModels;
  registry: ModelRegistry;
  offers: readonly Offer[];
  download: Download;
  inspect: Inspect;
  /** The bundled thread that converts weights. */
  convertScript: string;
  /** Tells all clients. */
  tell: (change: Extract<ServerMessage, { type: 'models' | 'pull' }>) => void;
  /** Is there a job that has not ended with this model? */
  inUse: (id: string) => boolean;
  now: () => number;
  log: Logger;
}

interface Pull {
  abort: AbortController;
  done: Promise<Model>;
}

/** The user's models: taken in from a file, downloaded, removed. Nothing counts as here before it has been tried. */
export class ModelLibrary implements AsyncDisposable {
  private readonly parts: LibraryParts;
  private readonly downloads: string;
  private readonly progress: PullProgress;
  private readonly running = new Map<string, Pull>();
  private readonly stopping = new AbortController();
  private readonly adding = new Set<Promise<unknown>>();

  /** Only for whoever holds the data folder's lock: what a crash left behind is removed. */
  constructor(parts: LibraryParts) {
    this.parts = parts;
    this.progress = new PullProgress(parts.tell, parts.now);
    parts.added.tidy();
    this.downloads = join(parts.added.folder, 'downloads');
    mkdirSync(this.downloads, { recursive: true, mode: 0o700 });
    const offered = new Set(parts.offers.map(({ sha256 }) => sha256));
    for (const name of readdirSync(this.downloads))
      if (!offered.has(name.split('.')[0] ?? '')) rmSync(join(this.downloads, name), { force: true });
  }

  /** Throws `model.unknown`. */
  details(id: string): Promise<ModelDetails> {
    return this.parts.registry.details(id);
  }

  /** Downloads that are under way. */
  pulls(): Record<string, ModelPull> {
    return this.progress.all();
  }

  /**
   * Takes a copy of an ONNX file in. The same file again is the same model. Throws `input.*`, `model.id-taken`,
   * `model.bad-id`, `model.too-large`, `setup.disk-full` and what the inspection throws.
   */
  add(request: { path: string; id?: string | undefined; name?: string | undefined }): Promise<Model> {
    const work = this.takeIn(request);
    this.adding.add(work);
    return work.finally(() => this.adding.delete(work));
  }

  /**
   * Downloads a model, from where an earlier try ended, and takes it in. Whoever asks for one that is on its way waits for
   * the same download. Throws `model.unknown`, `model.licence`, `model.pull-cancelled`, what the download throws, and
   * what the inspection throws.
   */
  async pull(id: string, acceptedLicence: string | undefined): Promise<Model> {
    const { registry } = this.parts;
    const offer = registry.offer(id);
    if (!offer) return registry.model(id);
    if (acceptedLicence !== offer.licence.id)
      throw new AppError('model.licence', { model: id, licence: offer.licence.id });
    const running = this.running.get(id) ?? this.startPull(offer);
    return running.done;
  }

  /** What has been downloaded stays for the next time. */
  cancelPull(id: string): void {
    this.running.get(id)?.abort.abort(new AppError('model.pull-cancelled', { model: id }));
  }

  /** Throws `model.unknown`, `model.not-here`, `model.not-added`, `model.in-use`. */
  async remove(id: string): Promise<void> {
    const { added, registry, inUse, tell } = this.parts;
    registry.entry(id);
    if (!added.find(id)) throw new AppError('model.not-added', { model: id });
    if (inUse(id)) throw new AppError('model.in-use', { model: id });
    await added.remove(id);
    tell({ type: 'models' });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const reason = new AppError('daemon.stopping');
    this.stopping.abort(reason);
    for (const { abort } of this.running.values()) abort.abort(reason);
    await Promise.allSettled([...[...this.running.values()].map(({ done }) => done), ...this.adding]);
  }

  private async takeIn({ path, id, name }: Parameters<ModelLibrary['add']>[0]): Promise<Model> {
    const { added, registry, now } = this.parts;
    const copy = await copyIn(path, added);
    try {
      const same = added.list().find((model) => model.sha256 === copy.sha256 && model.id === (id ?? model.id));
      if (same) return await registry.model(same.id);
      const wanted = id ?? this.freeId(idFor(path));
      if (!registry.isFree(wanted)) throw new AppError('model.id-taken', { model: wanted });
      const traits = await this.inspect(copy.file, { signal: this.stopping.signal, name: basename(path) });
      const facts = { id: wanted, name: name ?? nameFor(path), addedAt: now(), ...(await knownFacts(copy.file, path)) };
      return await this.adopt({ ...facts, sha256: copy.sha256, traits }, copy.file);
    } finally {
      await rm(copy.file, { force: true });
    }
  }

  /** A file is not refused for being called like a model that is here or could be downloaded: it becomes `name-2`. */
  private freeId(wanted: string): string {
    const { registry } = this.parts;
    for (let number = 2, id = wanted; ; number++) {
      if (registry.isFree(id)) return id;
      id = `${wanted.slice(0, 56)}-${number}`;
    }
  }

  private startPull(offer: Offer): Pull {
    const { log } = this.parts;
    const abort = new AbortController();
    const done = this.fetch(offer, abort.signal)
      .catch((error: unknown) => {
        log.warn({ model: offer.id, err: error }, 'model was not pulled');
        throw error;
      })
      .finally(() => {
        this.running.delete(offer.id);
        this.progress.end(offer.id);
      });
    const pull = { abort, done };
    this.running.set(offer.id, pull);
    return pull;
  }

  private async fetch(offer: Offer, signal: AbortSignal): Promise<Model> {
    const { added, download, now } = this.parts;
    const { id, name, purpose, origin, url, bytes, framesPerSecond, licence } = offer;
    const at = (stage: ModelPull['stage'], bytesDone = bytes): void => {
      this.progress.report(id, { stage, bytesDone, bytesTotal: bytes });
    };
    const part = join(this.downloads, `${offer.sha256}.part`);
    at('download', 0);
    await download(offer, { file: part, signal, report: (n, proving) => at(proving ? 'prove' : 'download', n) });
    at('convert');
    const onnx = await writeOnnx(part, offer, { added, script: this.parts.convertScript, signal });
    try {
      at('inspect');
      const { copyright, text: licenceText } = licence;
      const facts = { id, name, purpose, origin, framesPerSecond, licence: licence.id, copyright, licenceText };
      const published = { url, sha256: offer.sha256, bytes };
      const traits = await this.inspect(onnx.file, { signal, name });
      const { sha256 } = onnx;
      const model = await this.adopt({ ...facts, published, sha256, traits, addedAt: now() }, onnx.file);
      await discard(part);
      return model;
    } finally {
      await rm(onnx.file, { force: true });
    }
  }

  private async inspect(file: string, options: Parameters<Inspect>[1]): Promise<RgbTraits> {
    const traits = await this.parts.inspect(file, options);
    options.signal.throwIfAborted();
    return traits;
  }

  private async adopt(model: AddedModel, file: string): Promise<Model> {
    const { added, registry, tell } = this.parts;
    await added.adopt(model, file);
    tell({ type: 'models' });
    return registry.model(model.id);
  }
}
