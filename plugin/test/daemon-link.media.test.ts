import { AppError, toWire } from '@uprez/shared';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { oddDaemon, WebSocket } from '../../daemon/test/support/odd-daemon.ts';
import { type DaemonLink, openDaemonLink } from '../src/state/daemon-link.ts';

beforeEach(() => void vi.stubGlobal('WebSocket', WebSocket));
afterEach(() => vi.unstubAllGlobals());

const pairing = { kind: 'pairing', id: 'panel', secret: '0'.repeat(64) } as const;
const linkTo = (port: number, givesUp = false): DaemonLink =>
  openDaemonLink({
    name: 'test',
    givesUp,
    doors: () => Promise.resolve([{ port, credentials: pairing }]),
    remember: () => {},
  });
const refusing = (code: 'daemon.version-mismatch' | 'daemon.unauthorized' | 'daemon.busy') =>
  oddDaemon((socket) => {
    const error = toWire(new AppError(code, { older: 'panel', found: 1, needed: 2 }));
    socket.send(JSON.stringify({ type: 'refusal', id: null, error }));
    socket.close();
  });

describe('a client that is not let in', () => {
  it.each([
    ['daemon.version-mismatch', 'outdated'],
    ['daemon.unauthorized', 'unpaired'],
    ['daemon.busy', 'absent'],
  ] as const)('%s: it is %s, says why, and tries again', async (code, connection) => {
    await using daemon = await refusing(code);
    const link = linkTo(daemon.port);
    await expect.poll(() => link.state().connection).toBe(connection);
    expect(link.state().error?.code).toBe(code);
    const { met } = daemon;
    link.retry();
    await expect.poll(() => daemon.met).toBeGreaterThan(met);
  });

  it('gives up where nothing but another link helps', async () => {
    await using daemon = await refusing('daemon.unauthorized');
    const link = linkTo(daemon.port, true);
    await expect.poll(() => link.state().connection).toBe('refused');
  });

  it('knows nobody from somebody', async () => {
    const { port } = await oddDaemon(() => {}).then(async (daemon) => {
      await daemon[Symbol.asyncDispose]();
      return daemon;
    });
    const link = linkTo(port);
    await expect.poll(() => link.state().connection).toBe('absent');
    expect(link.state().error?.code).toBe('daemon.not-running');
  });

  it('is not fooled by a program that talks differently', async () => {
    await using daemon = await oddDaemon((socket) => socket.send('220 smtp ready'));
    const link = linkTo(daemon.port);
    await expect.poll(() => link.state().connection).toBe('unpaired');
  });
});
