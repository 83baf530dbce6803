import type { TopazClient } from './client.ts';
import type { RequestRecord } from './replies.ts';

/** Results are kept for so long; a request that is older has nothing left to be fetched or cancelled. */
const KEPT_MS = 7 * 24 * 3_600_000;
/** Of fifty requests each. An account with more than that in a week is somebody's render farm. */
const MOST_PAGES = 20;

export interface HistoryParts {
  client: TopazClient;
  signal: AbortSignal;
}

/** The account's requests of the last days, the newest first. They are not all ours. */
export async function* recentRequests({ client, signal }: HistoryParts): AsyncGenerator<RequestRecord, void, void> {
  const since = Date.now() - KEPT_MS;
  let cursor: string | null = null;
  for (let page = 0; page < MOST_PAGES; page++) {
    const { result, nextCursor = null } = await client.history(cursor, signal);
    yield* result;
    const oldest = result.at(-1)?.lastEventTs ?? since;
    if (nextCursor === null || oldest < since) return;
    cursor = nextCursor;
  }
}

/** Was this very clip uploaded for the request? Digests of our clips are each one's own. */
export function isOf({ source }: RequestRecord, md5: string): boolean {
  return source?.md5Hash?.toLowerCase() === md5;
}
