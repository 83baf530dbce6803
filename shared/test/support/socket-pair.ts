import type { Socket } from '../../src/index.ts';

/** Two ends of a connection in memory. What one side sends, the other receives in its own turn, in order. */
export function socketPair(): { client: Socket; server: ServerEnd } {
  const client = new End();
  const server = new End();
  client.other = server;
  server.other = client;
  queueMicrotask(() => client.onopen?.());
  return { client, server };
}

export type ServerEnd = Socket & { say(message: unknown): void };

class End implements Socket {
  onopen: Socket['onopen'] = null;
  onmessage: Socket['onmessage'] = null;
  onclose: Socket['onclose'] = null;
  onerror: Socket['onerror'] = null;
  other: End | undefined;
  private open = true;

  send(text: string): void {
    queueMicrotask(() => this.other?.onmessage?.({ data: text }));
  }

  say(message: unknown): void {
    this.send(JSON.stringify(message));
  }

  close(): void {
    if (!this.open) return;
    this.open = false;
    queueMicrotask(() => this.onclose?.());
    this.other?.close();
  }
}
