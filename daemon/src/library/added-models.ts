import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AppError } from '@uprez/shared';
import { z } from 'zod';
import { syncFolder } from '../media/sync-folder.ts';
import { AddedModel } from '../models/added-model.ts';
import { whyOf } from '../models/catalog.ts';

const List = z.object({ models: z.array(AddedModel) });

/**
 * Models that the user added, in a folder of their own: `<sha256>.onnx` for each network and `added.json`, the list. What
 * is not on the list does not exist; the list is exchanged as a whole, after the file it speaks of is on the disk.
 */
export class AddedModels {
  readonly folder: string;
  private readonly listFile: string;
  private models: readonly AddedModel[];
  private writing: Promise<unknown> = Promise.resolve();

  /** Throws `model.corrupt` for a damaged list. */
  constructor(folder: string) {
    this.folder = folder;
    this.listFile = join(folder, 'added.json');
    this.models = readList(this.listFile);
  }

  list(): readonly AddedModel[] {
    return this.models;
  }

  find(id: string): AddedModel | undefined {
    return this.models.find((model) => model.id === id);
  }

  fileOf({ sha256 }: Pick<AddedModel, 'sha256'>): string {
    return join(this.folder, `${sha256}.onnx`);
  }

  /** A file in this folder that nobody takes for a model; `tidy` removes those that are left behind. */
  unfinished(name: string): string {
    return join(this.folder, `${name}.unfinished`);
  }

  /** Takes over a synced, unfinished file. Throws `model.id-taken`. */
  adopt(model: AddedModel, unfinished: string): Promise<void> {
    return this.oneByOne(async () => {
      if (this.find(model.id)) throw new AppError('model.id-taken', { model: model.id });
      await rename(unfinished, this.fileOf(model));
      await this.write([...this.models, model]);
    });
  }

  remove(id: string): Promise<void> {
    return this.oneByOne(async () => {
      const model = this.find(id);
      if (!model) return;
      await this.write(this.models.filter((other) => other !== model));
      if (!this.models.some(({ sha256 }) => sha256 === model.sha256)) await rm(this.fileOf(model), { force: true });
    });
  }

  /** Throws `model.corrupt` when a model's file is not the one that was added. */
  async verify(model: AddedModel): Promise<void> {
    const found = await sha256Of(this.fileOf(model)).catch((cause: unknown) => {
      throw new AppError('model.corrupt', { model: model.id, why: whyOf(cause) }, { cause });
    });
    if (found === model.sha256) return;
    const why = 'its file changed since it was added';
    throw new AppError('model.corrupt', { model: model.id, why });
  }

  /** Creates the folder and removes what a crash left in it. Only for whoever holds the data folder's lock. */
  tidy(): void {
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    const wanted = new Set(this.models.map(({ sha256 }) => `${sha256}.onnx`));
    for (const name of readdirSync(this.folder))
      if (/\.(onnx|unfinished)$/.test(name) && !wanted.has(name)) rmSync(join(this.folder, name));
  }

  private async write(models: readonly AddedModel[]): Promise<void> {
    const partial = this.unfinished('added');
    const handle = await open(partial, 'w', 0o600);
    try {
      await handle.writeFile(JSON.stringify({ models }, undefined, 2));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(partial, this.listFile);
    await syncFolder(this.folder);
    this.models = models;
  }

  private oneByOne<T>(work: () => Promise<T>): Promise<T> {
    const done = this.writing.then(work);
    this.writing = done.catch(() => undefined);
    return done;
  }
}

export async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

function readList(file: string): readonly AddedModel[] {
  if (!existsSync(file)) return [];
  try {
    return List.parse(JSON.parse(readFileSync(file, 'utf8'))).models;
  } catch (cause) {
    throw new AppError('model.corrupt', { model: file, why: whyOf(cause) }, { cause });
  }
}
