import type { ServerMessage } from '@uprez/shared';
import type { Change } from '../jobs/feed.ts';

/** A client that leaves this much unread is dropped; it reconnects and gets a snapshot. */
const MAX_UNSENT_BYTES = 2 ** 20;

/** The part of a WebSocket that sending needs. */
export interface Outlet {
  readonly bufferedAmount: number;
  send(text: string): void;
  terminate(): void;
}

export interface Source {
  snapshot(): ServerMessage & { type: 'snapshot' };
  subscribe(listener: (change: Change) => void): () => void;
}

/** Sends messages as long as the client keeps up. Returns false when it was dropped. */
export function createSender(outlet: Outlet): (message: ServerMessage) => boolean {
  let largest = 0;
  return (message) => {
    // One large message, such as a long snapshot, is allowed to be under way.
    if (outlet.bufferedAmount > MAX_UNSENT_BYTES + largest) {
      outlet.terminate();
      return false;
    }
    const text = JSON.stringify(message);
    largest = Math.max(largest, text.length);
    outlet.send(text);
    return true;
  };
}

/** The whole state first, then every change as a whole object. Returns the function that stops it. */
export function startEventStream(send: (message: ServerMessage) => boolean, source: Source): () => void {
  // Nothing can happen between the two: both are synchronous.
  send(source.snapshot());
  return source.subscribe((change) => void send(change));
}
