import type { IncomingHttpHeaders } from 'node:http';

/** What a request is for; storage is another host than the API. */
export type Step =
  | 'models'
  | 'create'
  | 'accept'
  | 'upload'
  | 'complete-upload'
  | 'status'
  | 'record'
  | 'cancel-estimate'
  | 'cancel'
  | 'download'
  | 'delete-media'
  | 'metrics'
  | 'history'
  | 'balance'
  | 'unknown';

/** One request as it arrived, and how it was answered. */
export interface Received {
  /** By the emulator's clock. */
  readonly time: number;
  readonly host: 'api' | 'storage';
  readonly step: Step;
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Id of the video request it is about. */
  readonly id: string | null;
  /** Number of the part that is uploaded, from 1. */
  readonly part: number | null;
  /** Text of an API request's body; parts are not kept, only counted and digested. */
  body: string;
  bodyBytes: number;
  /** MD5 of a part, hexadecimal. */
  md5: string | null;
  /** Status of the answer; null where the connection was dropped or is still open. */
  answered: number | null;
}

/** Everything that came in, in order. */
export class Journal {
  readonly entries: Received[] = [];

  of(step: Step, id?: string): Received[] {
    return this.entries.filter((entry) => entry.step === step && (id === undefined || entry.id === id));
  }

  /** Requests that hold a secret anywhere but in the one place where it belongs: the API's `X-API-Key`. */
  leaksOf(secret: string): Received[] {
    return this.entries.filter(({ host, url, headers, body }) => {
      const { 'x-api-key': _, ...others } = headers;
      const seen = JSON.stringify([url, host === 'api' ? others : headers, body]);
      return seen.includes(secret);
    });
  }
}
