import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { AppError, isClipName, type Upload } from '@uprez/shared';
import type { Clock } from '../clock.ts';
import { expectRoom, megabytes } from '../media/disk-room.ts';
import type { JobQueue } from './job-queue.ts';

/** An upload that no job was made of is kept for a day. */
const UNUSED_MS = 86_400_000;

export interface UploadsParts {
  folder: string;
  /** Where results of uploads go unless the user has a folder for results. */
  results: string;
  /** Does the user have one? */
  hasOutputFolder: () => boolean;
  queue: JobQueue;
  clock: Clock;
  maxFileSize: number;
}

export interface Incoming {
  name: string;
  /** What the sender says; null where it doesn't. */
  sizeBytes: number | null;
  bytes: Readable;
}

/** Takes clips in that come by HTTP, each in a folder of its own, so that equal names don't meet; clears them away again. */
export class Uploads {
  private readonly parts: UploadsParts;
  private readonly arriving = new Set<string>();

  constructor(parts: UploadsParts) {
    this.parts = parts;
  }

  /**
   * Writes a clip to disk as it comes; what does not come to its end leaves nothing behind.
   * Throws `input.not-video`, `input.empty`, `input.too-large`, `setup.disk-full`, `daemon.upload-broken`.
   */
  async take({ name, sizeBytes, bytes }: Incoming): Promise<Upload> {
    const file = safeName(name);
    if (!isClipName(file)) throw new AppError('input.not-video', { file, why: 'by its name' });
    this.checkSize(file, sizeBytes ?? 0);
    const id = randomUUID();
    const folder = join(this.parts.folder, id);
    this.arriving.add(id);
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await expectRoom(folder, sizeBytes ?? 0);
      const size = await this.write(join(folder, file), { file, sizeBytes, bytes });
      return { path: join(folder, file), sizeBytes: size, output: await this.outputFolder() };
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    } finally {
      this.arriving.delete(id);
    }
  }

  /** Removes uploads whose jobs have left the list, and old ones that no job was made of. Never a result. */
  async sweep(): Promise<void> {
    const used = this.parts.queue.list().map(({ task }) => task.source);
    for (const id of await readdir(this.parts.folder).catch((): string[] => [])) {
      const folder = join(this.parts.folder, id);
      if (this.arriving.has(id) || used.some((source) => source.startsWith(folder + sep))) continue;
      const { mtimeMs } = await stat(folder);
      if (this.parts.clock.now() - mtimeMs > UNUSED_MS) await rm(folder, { recursive: true, force: true });
    }
  }

  private async write(
    path: string,
    { file, sizeBytes, bytes }: Omit<Incoming, 'name'> & { file: string },
  ): Promise<number> {
    const size = await this.copy(bytes, `${path}.partial`, file).catch((cause: unknown) => {
      throw cause instanceof AppError ? cause : brokenOff(file, cause);
    });
    if (size === 0) throw new AppError('input.empty', { file });
    if (sizeBytes !== null && size !== sizeBytes) throw brokenOff(file);
    await rename(`${path}.partial`, path);
    return size;
  }

  /** Leaves the sender's stream alone when it fails: whoever reads from it still has to answer. */
  private async copy(bytes: Readable, path: string, file: string): Promise<number> {
    await using handle = await open(path, 'wx', 0o600);
    let size = 0;
    for await (const chunk of bytes.iterator({ destroyOnReturn: false })) {
      const piece = chunk as Buffer;
      size += piece.length;
      this.checkSize(file, size);
      await handle.appendFile(piece);
    }
    await handle.sync();
    return size;
  }

  private checkSize(file: string, size: number): void {
    const { maxFileSize } = this.parts;
    if (size <= maxFileSize) return;
    const why = `${megabytes(maxFileSize)} is the most that is taken`;
    throw new AppError('input.too-large', { file, why, hint: 'Give its path instead, or raise UPREZ_MAX_FILE_SIZE.' });
  }

  private async outputFolder(): Promise<string | null> {
    if (this.parts.hasOutputFolder()) return null;
    await mkdir(this.parts.results, { recursive: true });
    return this.parts.results;
  }
}

/** A full disk is not the sender's fault. */
function brokenOff(file: string, cause?: unknown): AppError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new AppError('setup.disk-full', { folder: 'the folder of uploads', need: 'more', free: '0 MB' }, { cause });
  return new AppError('daemon.upload-broken', { file }, { cause });
}

/** The last part of a path of any platform, without what file systems give a meaning to. */
function safeName(name: string): string {
  const last = name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
  // oxlint-disable-next-line no-control-regex -- they are what is taken out
  const plain = last.replace(/[\u0000-\u001f\u007f<>:"|?*]/g, '_').replace(/^\.+/, '');
  const dot = plain.lastIndexOf('.');
  const [stem, ending] = dot < 0 ? [plain, ''] : [plain.slice(0, dot), plain.slice(dot)];
  // File systems count bytes, 255 of them, and a result's name is longer than its source's.
  return `${shortened(stem, 120) || 'clip'}${ending}`;
}

function shortened(text: string, mostBytes: number): string {
  let kept = '';
  for (const letter of text) {
    if (Buffer.byteLength(kept + letter) > mostBytes) break;
    kept += letter;
  }
  return kept;
}
