import type { DeliveryNote } from '../flows/courier.ts';
import type { Readable } from '../host/host.ts';

const nothing: ReadonlyMap<string, DeliveryNote> = new Map();

/** Where nothing is delivered there is nothing to say about it. */
export const noNotes: Readable<ReadonlyMap<string, DeliveryNote>> = { get: () => nothing, subscribe: () => () => {} };
