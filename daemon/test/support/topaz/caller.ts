import { readFile } from 'node:fs/promises';
import { ask, type Reply } from '../http.ts';

/** Fields of an order that tests change. */
export interface OrderChange {
  source?: Record<string, unknown>;
  filters?: unknown;
  output?: Record<string, unknown>;
}

/** A valid order for a clip of the test support's default size and length. */
export function orderOf(change: OrderChange = {}): Record<string, unknown> {
  return {
    source: {
      container: 'mp4',
      size: 1_000_000,
      duration: 1,
      frameCount: 25,
      frameRate: 25,
      resolution: { width: 192, height: 108 },
      ...change.source,
    },
    filters: change.filters ?? [{ model: 'prob-4', auto: 'Auto', videoType: 'Progressive' }],
    output: {
      resolution: { width: 384, height: 216 },
      frameRate: 25,
      videoEncoder: 'ProRes',
      videoProfile: '422 HQ',
      container: 'mov',
      audioTransfer: 'None',
      ...change.output,
    },
  };
}

/** Talks to the Topaz Video API request by request, with nothing between the test and the wire. */
export class Caller {
  readonly base: URL;
  private readonly key: string | null;

  constructor(service: { url: string; key: string | null }) {
    this.base = new URL(service.url);
    this.key = service.key;
  }

  call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Reply> {
    const keyHeader = this.key === null ? {} : { 'x-api-key': this.key };
    return ask(Number(this.base.port), { method, path, headers: { ...keyHeader, ...headers }, body });
  }

  /** Creates a request and returns its id. */
  async create(change: OrderChange = {}): Promise<string> {
    const { body } = await this.call('POST', '/video/', orderOf(change));
    return (body as { requestId: string }).requestId;
  }

  async accept(id: string): Promise<string[]> {
    const { body } = await this.call('PATCH', `/video/${id}/accept`);
    return (body as { urls: string[] }).urls;
  }

  /** Creates, accepts and uploads; returns the id of a request that waits for nothing but `completeUpload`. */
  async upload(file: string, change: OrderChange = {}): Promise<string> {
    const bytes = await readFile(file);
    const id = await this.create({ ...change, source: { size: bytes.length, ...change.source } });
    for (const url of await this.accept(id)) await fetch(url, { method: 'PUT', body: bytes });
    return id;
  }

  completeUpload(id: string, eTags: readonly string[] = ['unused']): Promise<Reply> {
    const uploadResults = eTags.map((eTag, i) => ({ partNum: i + 1, eTag }));
    return this.call('PATCH', `/video/${id}/complete-upload/`, { uploadResults });
  }

  async status(id: string): Promise<Record<string, unknown>> {
    const { body } = await this.call('GET', `/video/${id}/status`);
    return body as Record<string, unknown>;
  }

  /** Asks until the state is the wanted one; returns all states on the way, and the last answer. */
  async until(id: string, wanted: string): Promise<{ states: string[]; last: Record<string, unknown> }> {
    const states: string[] = [];
    for (let i = 0; i < 50; i++) {
      const last = await this.status(id);
      if (states.at(-1) !== last['status']) states.push(String(last['status']));
      if (last['status'] === wanted) return { states, last };
    }
    throw new Error(`never ${wanted}: ${states.join(', ')}`);
  }
}
