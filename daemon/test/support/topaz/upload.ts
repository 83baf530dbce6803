import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { UploadResults } from './fields.ts';
import type { Permit, Signer } from './presign.ts';

interface StoredPart {
  file: string;
  eTag: string;
}

/** The multipart upload of one source. */
export class Upload {
  readonly uploadId = randomBytes(24).toString('base64');
  /** Bytes of each part, in order. */
  readonly sizes: readonly number[];
  private readonly stored = new Map<number, StoredPart>();
  private readonly links = new Map<number, string>();
  private readonly path: string;
  private readonly signer: Signer;
  private readonly expiresInMs: () => number;

  constructor(sizes: readonly number[], options: { path: string; signer: Signer; expiresInMs: () => number }) {
    this.sizes = sizes;
    this.path = options.path;
    this.signer = options.signer;
    this.expiresInMs = options.expiresInMs;
  }

  /** Links of all parts, the same as long as they work. */
  urls(): string[] {
    return this.sizes.map((_, i) => this.link(i + 1));
  }

  /** Links of the parts that have not arrived. */
  outstanding(): string[] {
    return this.urls().filter((_, i) => !this.stored.has(i + 1));
  }

  /** A part that came again replaces the first. */
  store(part: number, content: { file: string; md5: string }): void {
    this.stored.set(part, { file: content.file, eTag: content.md5 });
  }

  /** Why the parts are not what is reported, or undefined where they are. Of a single part the report is not read. */
  objection({ uploadResults }: UploadResults): string | undefined {
    const missing = this.sizes.findIndex((_, i) => !this.stored.has(i + 1));
    if (missing !== -1) return `Part ${missing + 1} has not been uploaded`;
    if (this.sizes.length === 1) return undefined;
    const reported = new Map(uploadResults.map(({ partNum, eTag }) => [partNum, eTag.replaceAll('"', '')]));
    if (reported.size !== this.sizes.length || uploadResults.length !== this.sizes.length)
      return `uploadResults must hold ${this.sizes.length} parts`;
    const wrong = this.sizes.findIndex((_, i) => reported.get(i + 1) !== this.stored.get(i + 1)?.eTag);
    return wrong === -1 ? undefined : `eTag of part ${wrong + 1} does not match`;
  }

  /** Puts the parts together as one file; returns its MD5. */
  async assemble(file: string): Promise<string> {
    const parts = this.sizes.map((_, i) => this.stored.get(i + 1));
    if (parts.length === 1 && parts[0]) await rename(parts[0].file, file);
    else
      for (const part of parts)
        if (part) await pipeline(createReadStream(part.file), createWriteStream(file, { flags: 'a' }));
    const hash = createHash('md5');
    for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
    return hash.digest('hex');
  }

  private link(part: number): string {
    const permit: Permit = {
      method: 'PUT',
      path: this.path,
      query: { partNumber: String(part), uploadId: this.uploadId },
      expiresInMs: this.expiresInMs(),
    };
    const known = this.links.get(part);
    if (known !== undefined && this.signer.objection('PUT', new URL(known)) === undefined) return known;
    const fresh = this.signer.sign(permit);
    this.links.set(part, fresh);
    return fresh;
  }
}
