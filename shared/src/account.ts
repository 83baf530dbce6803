import { z } from 'zod';
import { BackendId } from './task.ts';

/** Where a backend's API key lies; null where there is none. The key itself never leaves the daemon. */
export const KeyState = z.object({ backend: BackendId, place: z.enum(['keychain', 'file']).nullable() });
export type KeyState = z.infer<typeof KeyState>;

/** Printable characters only: it becomes a header line. */
export const ApiKey = z
  .string()
  .trim()
  .regex(/^[\x21-\x7e]{8,500}$/, '8 to 500 letters, digits and signs without spaces are expected');

/** What the service behind a key has of the user's. */
export const Account = z.object({
  backend: BackendId,
  availableCredits: z.number(),
  /** Set aside for requests on their way. */
  reservedCredits: z.number(),
});
export type Account = z.infer<typeof Account>;

/** What cancelling a job now would cost and give back; zeros where nothing was paid. */
export const CancelCost = z.object({ charged: z.number().nonnegative(), refunded: z.number().nonnegative() });
export type CancelCost = z.infer<typeof CancelCost>;
