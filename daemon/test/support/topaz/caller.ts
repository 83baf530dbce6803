import { readFile } from 'node:fs/promises';

/** Fields of an order that a test changes; `undefined` takes one away. */
export interface OrderChange {
  source?: Record<string, unknown>;
  filters?: unknown;
  output?: Record<string, unknown>;
  /** Beside the three others. */
  further?: Record<string, unknown>;
}

export interface Answer {
  status: number;
  headers: Headers;
  /** Parsed where it is JSON, else the text. */
  body: unknown;
}

/** A valid order for a clip of the test support's default size and length. */
export function orderOf({ source, filters, output, further }: OrderChange = {}): Record<string, unknown> {
  return {
    source: {
      container: 'mp4',
      size: 1_000_000,
      duration: 1,
      frameCount: 25,
      frameRate: 25,
      resolution: { width: 192, height: 108 },
      ...source,
    },
    filters: filters ?? [{ model: 'prob-4', auto: 'Auto', videoType: 'Progressive' }],
    output: {
      resolution: { width: 384, height: 216 },
      frameRate: 25,
      videoEncoder: 'ProRes',
      videoProfile: '422 HQ',
      container: 'mov',
      audioTransfer: 'None',
      ...output,
    },
    ...further,
  };
}

/** Talks to the Topaz Video API request by request, with nothing between the test and the wire. */
export class Caller {
  private readonly url: string;
  private readonly key: string | null;

  constructor(service: { url: string; key: string | null }) {
    this.url = service.url;
    this.key = service.key;
  }

  /** `body`: an object is sent as JSON, a text as it is. */
  async call(method: string, path: string, body?: object | string): Promise<Answer> {
    const headers = {
      ...(this.key === null ? {} : { 'x-api-key': this.key }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const sent = typeof body === 'object' ? JSON.stringify(body) : body;
    return answerOf(await fetch(this.url + path, { method, headers, ...(sent === undefined ? {} : { body: sent }) }));
  }

  order(change: OrderChange = {}): Promise<Answer> {
    return this.call('POST', '/video/', orderOf(change));
  }

  /** Orders and returns the request's id. */
  async create(change: OrderChange = {}): Promise<string> {
    const { body } = await this.order(change);
    return (body as { requestId: string }).requestId;
  }

  accept(id: string): Promise<Answer> {
    return this.call('PATCH', `/video/${id}/accept`);
  }

  /** Orders and accepts; returns the id and the links of the parts. */
  async open(change: OrderChange = {}): Promise<{ id: string; urls: string[] }> {
    const id = await this.create(change);
    const { body } = await this.accept(id);
    return { id, urls: (body as { urls: string[] }).urls };
  }

  /** Orders, accepts and uploads as one part; the request then waits for nothing but `completeUpload`. */
  async upload(file: string, change: OrderChange = {}): Promise<string> {
    const bytes = await readFile(file);
    const { id, urls } = await this.open({ ...change, source: { size: bytes.length, ...change.source } });
    for (const url of urls) await put(url, bytes);
    return id;
  }

  completeUpload(id: string, eTags: readonly string[] = ['unused'], further: object = {}): Promise<Answer> {
    const uploadResults = eTags.map((eTag, i) => ({ partNum: i + 1, eTag }));
    return this.call('PATCH', `/video/${id}/complete-upload/`, { uploadResults, ...further });
  }

  async status(id: string): Promise<Record<string, unknown>> {
    return (await this.call('GET', `/video/${id}/status`)).body as Record<string, unknown>;
  }

  async record(id: string): Promise<Record<string, unknown>> {
    return (await this.call('GET', `/video/${id}`)).body as Record<string, unknown>;
  }

  cancel(id: string): Promise<Answer> {
    return this.call('DELETE', `/video/${id}`);
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

  /** Uploads a clip and asks until it is done; returns the id and the link of the result. */
  async finish(file: string, change: OrderChange = {}): Promise<{ id: string; url: string }> {
    const id = await this.upload(file, change);
    await this.completeUpload(id);
    const { last } = await this.until(id, 'complete');
    return { id, url: (last['download'] as { url: string }).url };
  }
}

/** Sends a part to storage; its `ETag` comes back as the header has it. */
export async function put(
  url: string,
  bytes: Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
): Promise<Answer> {
  return answerOf(await fetch(url, { method: 'PUT', body: bytes, headers }));
}

async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') && text !== '';
  return { status: response.status, headers: response.headers, body: isJson ? (JSON.parse(text) as unknown) : text };
}
