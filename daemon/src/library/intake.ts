import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, type ReadStream } from 'node:fs';
import { open, readFile, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { AppError, ModelId } from '@uprez/shared';
import { openClip } from '../media/path-check.ts';
import type { AddedModel } from '../models/added-model.ts';
import { type Offer, whyOf } from '../models/catalog.ts';
import { decodeModel, type OnnxModel } from '../models/onnx.ts';
import type { AddedModels } from './added-models.ts';
import { convert } from './conversion.ts';
import { expectRoom } from '../media/disk-room.ts';
import { diskError } from './disk-error.ts';

/** ONNX files can't be larger: protobuf counts the bytes of a message in 31 bits. */
const MAX_BYTES = 2 ** 31 - 1;

/** An unfinished file among the added models, synced, with its digest. */
export interface Unfinished {
  file: string;
  sha256: string;
}

/** Copies a file of the user. Throws `input.*`, `model.too-large`, `setup.disk-full`. */
export async function copyIn(path: string, added: AddedModels): Promise<Unfinished> {
  const source = await openClip(path);
  try {
    if (source.sizeBytes === 0) throw new AppError('input.empty', { file: basename(path) });
    if (source.sizeBytes > MAX_BYTES) throw new AppError('model.too-large', { file: basename(path), limit: '2 GB' });
    await expectRoom(added.folder, source.sizeBytes);
    return await writeAll(source.handle.createReadStream({ autoClose: false, end: MAX_BYTES }), added);
  } finally {
    await source.handle.close();
  }
}

/**
 * Writes the ONNX file of a download, converted where it is something else. Throws `model.corrupt`, `setup.disk-full` and
 * the signal's reason.
 */
export async function writeOnnx(
  part: string,
  offer: Offer,
  { added, script, signal }: { added: AddedModels; script: string; signal: AbortSignal },
): Promise<Unfinished> {
  const { id, format, origin, url, licence } = offer;
  if (format === 'onnx') return writeAll(createReadStream(part), added);
  const file = added.unfinished(randomUUID());
  const notes = { origin, url, licence: licence.id, copyright: licence.copyright };
  try {
    await expectRoom(added.folder, offer.bytes);
    return { file, sha256: await convert(script, { from: part, to: file, format, notes }, signal) };
  } catch (cause) {
    await rm(file, { force: true });
    if (cause instanceof AppError) throw cause;
    throw new AppError('model.corrupt', { model: id, why: whyOf(cause) }, { cause });
  }
}

/** Throws `model.bad-id` where no id can be made of a file's name. */
export function idFor(path: string): string {
  const id = nameFor(path)
    .toLowerCase()
    .replace(/[^a-z\d._-]+/g, '-')
    .replace(/^[._-]+|[._-]+$/g, '');
  if (ModelId.safeParse(id).success) return id;
  throw new AppError('model.bad-id', { model: nameFor(path) });
}

export function nameFor(path: string): string {
  return basename(path).replace(/\.onnx$/i, '');
}

type Facts = Pick<
  AddedModel,
  'purpose' | 'licence' | 'copyright' | 'licenceText' | 'origin' | 'published' | 'framesPerSecond'
>;

/** What is known of a user's own network before it has been tried. Throws `model.corrupt`. */
export async function knownFacts(file: string, path: string): Promise<Facts> {
  const model = read(await readFile(file), path);
  const said = model.metadata_props?.find(({ key }) => /^licen[cs]e$/i.test(key))?.value;
  return {
    purpose: 'A network of your own.',
    licence: said && said.length <= 60 ? said : 'not stated',
    ...{ copyright: null, licenceText: null, published: null },
    origin: `added from ${basename(path)}`,
    framesPerSecond: assumedSpeed(model),
  };
}

function read(bytes: Uint8Array, path: string): OnnxModel {
  try {
    return decodeModel(bytes);
  } catch (cause) {
    throw new AppError('model.corrupt', { model: basename(path), why: whyOf(cause) }, { cause });
  }
}

/**
 * Frames per second for 960x540 → 1920x1080 on two cores, by the number of weights: a network that works at the size of
 * its source multiplies each of them once per source pixel. One with 621,424 weights took 3.5 s a frame.
 */
function assumedSpeed({ graph }: OnnxModel): number {
  const weights = graph.initializer.reduce((sum, { dims }) => sum + dims.reduce((product, n) => product * n, 1), 0);
  return Math.min(30, 621_424 / 3.5 / Math.max(1, weights));
}

async function writeAll(chunks: ReadStream, added: AddedModels): Promise<Unfinished> {
  const file = added.unfinished(randomUUID());
  const hash = createHash('sha256');
  const handle = await open(file, 'wx', 0o600);
  try {
    for await (const chunk of chunks as AsyncIterable<Uint8Array>) {
      hash.update(chunk);
      await handle.writeFile(chunk);
    }
    await handle.sync();
  } catch (error) {
    await rm(file, { force: true });
    throw await diskError(error, file);
  } finally {
    await handle.close();
  }
  return { file, sha256: hash.digest('hex') };
}
