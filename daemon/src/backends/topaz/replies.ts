import { z } from 'zod';

/**
 * What the service says, read leniently: fields that came, went or changed their type over its versions are optional, and
 * nothing that is not used is looked at.
 */
const optional = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined);

const Span = z.array(z.number()).min(1);

export const Estimates = z.object({
  /** Credits: lowest, highest. The lowest is what is billed. */
  cost: Span,
  /** Seconds on an empty queue: lowest, highest. */
  time: optional(Span),
});

const Size = z.object({ width: z.number(), height: z.number() });

export const Availability = z.object({
  isAvailable: z.boolean(),
  availabilityMessage: optional(z.string()),
  supportedModels: z.array(z.string()).catch([]),
});
export type Availability = z.infer<typeof Availability>;

export const Created = z.object({ requestId: z.guid(), estimates: Estimates });
export type Created = z.infer<typeof Created>;

/** Part i is to be put to URL i. */
export const Accepted = z.object({ uploadId: optional(z.string()), urls: z.array(z.string()).min(1) });
export type Accepted = z.infer<typeof Accepted>;

export const Message = z.object({ message: optional(z.string()) });

const Download = z.object({ url: z.string(), expiresAt: optional(z.number()) });

export const Status = z.object({
  /** An open set: what is not known counts as being on its way. */
  status: z.string(),
  progress: optional(z.number()),
  message: optional(z.string()),
  errorCode: optional(z.string()),
  averageFps: optional(z.number()),
  combinedFps: optional(z.number()),
  /** Parts that have not arrived, while the upload is awaited. */
  urls: optional(z.array(z.string())),
  download: optional(Download),
});
export type Status = z.infer<typeof Status>;

const Transaction = z.object({ operation: z.string(), amount: z.number() });
export type Transaction = z.infer<typeof Transaction>;

const Destination = z.object({
  frameCount: optional(z.number()),
  frameRate: optional(z.number()),
  duration: optional(z.number()),
  size: optional(z.number()),
  resolution: optional(Size),
});

export const RequestRecord = z.object({
  id: z.string(),
  status: z.string(),
  /** Of the clip, as it was said when its upload was complete. */
  source: optional(z.object({ md5Hash: optional(z.string()) })),
  filters: optional(z.array(z.object({ model: z.string() }))),
  /** Milliseconds; the last change of state. */
  lastEventTs: optional(z.number()),
  estimates: optional(Estimates),
  transactions: z.array(Transaction).catch([]),
  destination: optional(Destination),
  error: optional(z.object({ message: optional(z.string()), errorCode: optional(z.string()) })),
});
export type RequestRecord = z.infer<typeof RequestRecord>;

export const History = z.object({ result: z.array(RequestRecord), nextCursor: z.string().nullish() });
export type History = z.infer<typeof History>;

export const CancelEstimate = z.object({
  cancelable: z.boolean().catch(true),
  creditsReserved: z.number().catch(0),
  creditsToCommit: z.number().catch(0),
  creditsToRefund: z.number().catch(0),
});
export type CancelEstimate = z.infer<typeof CancelEstimate>;

export const Balance = z.object({
  available_credits: z.number(),
  reserved_credits: z.number().catch(0),
  total_credits: optional(z.number()),
});
export type Balance = z.infer<typeof Balance>;

/** The upload is complete, and the service at work or done. */
export function hasStarted(status: string): boolean {
  return ['initializing', 'preprocessing', 'processing', 'postprocessing', 'complete'].includes(status);
}

/** Paid for, with a result that is there or still to come. */
export function isWorthHaving({ status }: Pick<RequestRecord, 'status'>): boolean {
  return status !== 'failed' && status !== 'canceled' && status !== 'canceling' && status !== 'requested';
}

/** Nothing more happens to the request. */
export function hasEnded(status: string): boolean {
  return status === 'complete' || status === 'failed' || status === 'canceled';
}

/** What was set aside for a request, or else what was quoted. */
export function priceOf({ transactions, estimates }: Pick<RequestRecord, 'transactions' | 'estimates'>): number {
  const reserved = transactions.find(({ operation }) => operation === 'reserve');
  return reserved?.amount ?? estimates?.cost[0] ?? 0;
}

/**
 * What a request has cost: what was committed, and never more than what is still held after everything that was given
 * back. Clients in the wild disagree on how a refund after the commit is booked; both ways give the same here.
 */
export function chargeOf(transactions: readonly Transaction[]): number {
  const sum = (operation: string): number =>
    transactions.filter((each) => each.operation === operation).reduce((total, { amount }) => total + amount, 0);
  const [reserved, committed, returned] = [sum('reserve'), sum('commit'), sum('rollback')];
  const held = Math.max(reserved, committed) - returned;
  return Math.max(0, Math.min(committed, held));
}
