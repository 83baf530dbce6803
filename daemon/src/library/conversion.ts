import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { WeightFormat } from '../models/networks/convert.ts';
import { diskError } from './disk-error.ts';

/** Weights to turn into an ONNX file. */
export interface Conversion {
  from: string;
  /** Must not be there yet. */
  to: string;
  format: WeightFormat;
  /** For the file's metadata. */
  notes: Readonly<Record<string, string>>;
}

/** What the thread says at its end. */
export type Converted = { sha256: string } | { failure: string; code?: string | undefined };

/**
 * Converts in a thread of its own, because it takes a second for the largest networks. Resolves to the digest of the new
 * file, which is on the disk then. Throws `setup.disk-full`, the signal's reason, or a plain Error when the weights are
 * not those of the network.
 */
export async function convert(script: string, conversion: Conversion, signal: AbortSignal): Promise<string> {
  const worker = new Worker(script, { workerData: conversion });
  try {
    const [converted] = (await once(worker, 'message', { signal })) as [Converted];
    if ('sha256' in converted) return converted.sha256;
    throw await diskError(Object.assign(new Error(converted.failure), { code: converted.code }), conversion.to);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    await worker.terminate();
  }
}
