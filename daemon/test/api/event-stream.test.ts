import { Settings, type ServerMessage, type Snapshot } from '@uprez/shared';
import { describe, expect, it } from 'vitest';
import { createSender, startEventStream } from '../../src/api/event-stream.ts';
import { Feed } from '../../src/jobs/feed.ts';

const settings = Settings.parse({});
const snapshot = (): Snapshot => ({
  type: 'snapshot',
  version: '1',
  jobs: [],
  progress: {},
  settings,
  pulls: {},
  notices: [],
});

class Outlet {
  bufferedAmount = 0;
  terminated = false;
  readonly sent: ServerMessage[] = [];

  send(text: string): void {
    this.sent.push(JSON.parse(text) as ServerMessage);
  }

  terminate(): void {
    this.terminated = true;
  }
}

describe('the event stream', () => {
  it('begins with the snapshot and goes on with changes', () => {
    const [outlet, feed] = [new Outlet(), new Feed()];
    const stop = startEventStream(createSender(outlet), {
      snapshot,
      subscribe: (listener) => feed.subscribe(listener),
    });
    feed.tell({ type: 'settings', settings });
    stop();
    feed.tell({ type: 'settings', settings });
    expect(outlet.sent.map((message) => message.type)).toEqual(['snapshot', 'settings']);
  });

  it('drops a client that leaves more than 1 MiB unread', () => {
    const outlet = new Outlet();
    const send = createSender(outlet);
    outlet.bufferedAmount = 2 ** 20;
    expect([send({ type: 'pong' }), outlet.terminated]).toEqual([true, false]);
    outlet.bufferedAmount = 2 ** 20 + 1000;
    expect([send({ type: 'pong' }), outlet.terminated]).toEqual([false, true]);
    expect(outlet.sent).toHaveLength(1);
  });

  it('lets a client take its time over one long message', () => {
    const outlet = new Outlet();
    const send = createSender(outlet);
    send({ ...snapshot(), version: 'v'.repeat(3 * 2 ** 20) });
    outlet.bufferedAmount = 3 * 2 ** 20;
    expect([send({ type: 'pong' }), outlet.terminated]).toEqual([true, false]);
  });
});
