import type { NewRequest } from './new-request.ts';
import { isRefused } from './refusals.ts';
import * as replies from './replies.ts';
import { type Call, Transport, type TransportOptions } from './transport.ts';

/** One part of an upload, as the storage acknowledged it. */
export interface UploadedPart {
  /** From 1. */
  partNum: number;
  /** Without quotes. */
  eTag: string;
}

export interface CompletedUpload {
  /** Of the whole clip, in hex; the service compares before it starts. */
  md5Hash: string;
  uploadResults: readonly UploadedPart[];
}

/**
 * The service's calls, one method each. All may be repeated without harm, except `completeUpload`: its caller looks at the
 * status when nobody knows whether it arrived. Throws the `cloud.*` errors.
 */
export class TopazClient {
  private readonly transport: Transport;

  constructor(options: TransportOptions) {
    this.transport = new Transport(options);
  }

  availability(signal: AbortSignal): Promise<replies.Availability> {
    return this.ask({ method: 'GET', path: '/video/status', reply: replies.Availability, signal, open: true });
  }

  /** Free, and nothing starts: a quote. */
  create(body: NewRequest, signal: AbortSignal): Promise<replies.Created> {
    return this.ask({ method: 'POST', path: '/video/', body, reply: replies.Created, signal });
  }

  /** Sets the credits aside. The same request again changes nothing and gets the same answer. */
  accept(id: string, signal: AbortSignal): Promise<replies.Accepted> {
    return this.ask({ method: 'PATCH', path: `${at(id)}/accept`, reply: replies.Accepted, signal });
  }

  /** Documented with a slash at the end and used without by others; whichever the service knows. */
  async completeUpload(id: string, body: CompletedUpload, signal: AbortSignal): Promise<void> {
    const call = { method: 'PATCH', body, reply: replies.Message, signal, repeatable: false } as const;
    try {
      await this.ask({ ...call, path: `${at(id)}/complete-upload/` });
    } catch (error) {
      if (!isRefused(error, 'cloud.request-lost', 'cloud.bad-answer')) throw error;
      await this.ask({ ...call, path: `${at(id)}/complete-upload` });
    }
  }

  status(id: string, signal: AbortSignal): Promise<replies.Status> {
    return this.ask({ method: 'GET', path: `${at(id)}/status`, reply: replies.Status, signal });
  }

  record(id: string, signal: AbortSignal): Promise<replies.RequestRecord> {
    return this.ask({ method: 'GET', path: at(id), reply: replies.RequestRecord, signal });
  }

  /** Newest first; without quotes that nobody accepted. */
  history(cursor: string | null, signal: AbortSignal): Promise<replies.History> {
    const query = cursor === null ? '' : `?cursor=${encodeURIComponent(cursor)}`;
    return this.ask({ method: 'GET', path: `/video/history${query}`, reply: replies.History, signal });
  }

  cancelEstimate(id: string, signal: AbortSignal): Promise<replies.CancelEstimate> {
    return this.ask({ method: 'GET', path: `${at(id)}/cancel-estimate`, reply: replies.CancelEstimate, signal });
  }

  async cancel(id: string, signal: AbortSignal): Promise<void> {
    await this.ask({ method: 'DELETE', path: at(id), reply: replies.Message, signal });
  }

  /** Removes source and result from the service's storage. */
  async deleteMedia(id: string, signal: AbortSignal): Promise<void> {
    await this.ask({ method: 'DELETE', path: `${at(id)}/media`, reply: replies.Message, signal });
  }

  balance(signal: AbortSignal): Promise<replies.Balance> {
    return this.ask({ method: 'GET', path: '/account/v1/credits/balance', reply: replies.Balance, signal });
  }

  private ask<T>(call: Call<T>): Promise<T> {
    return this.transport.ask(call);
  }
}

/** Ids were checked when they came, and become part of a path only here. */
function at(id: string): string {
  return `/video/${encodeURIComponent(id)}`;
}
