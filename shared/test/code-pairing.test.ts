import { describe, expect, it } from 'vitest';
import { AppError, clientKey, clientKeys, type Exchange, lastingSecret, serverKey, serverKeys } from '../src/index.ts';

const salt = 'ab'.repeat(32);
const [mine, theirs] = ['11'.repeat(32), '22'.repeat(32)];

function exchange(typed: string, shown: string) {
  const client = clientKeys(mine);
  const server = serverKeys(theirs, shown, salt);
  const open: Exchange = { clientKey: client.public, serverKey: server.public, salt };
  return { client: clientKey(client, typed, open), server: serverKey(server, shown, open), open, keys: server };
}

const group =
  'ac6bdb41324a9a9bf166de5e1389582faf72b6651987ee07fc3192943db56050a37329cbb4a099ed8193e0757767a13dd52312ab4b03310d' +
  'cd7f48a9da04fd50e8083969edb767b0cf6095179a163ab3661a05fbd5faaae82918a9962f0b93b855f97993ec975eeaa80d740adbf4ff74' +
  '7359d041d5c33ea71d281e446b14773bca97b43a23fb801676bd207a436c6481f1d2b9078717461a5b9d32e688f87748544523b524b0d57d' +
  '5ea77a2775d2ecfa032cfbdbf52fb3786160279004e57ae6af874e7303ce53299ccc041c7bc308d82a5698f3a8d0c38271ae35f8e9dbfbb6' +
  '94b5c803d89f7ae435de236d525f54759b65e372fcd68ef20fa7111f9e4aff73';

describe('pairing by code', () => {
  it('gives both sides the same key where both know the code', () => {
    const { client, server } = exchange('123456', '123456');
    expect(client).toBe(server);
    expect(client).toMatch(/^[0-9a-f]{64}$/);
  });

  it('gives them different keys where the code is wrong', () => {
    const { client, server } = exchange('123457', '123456');
    expect(client).not.toBe(server);
  });

  it('gives another key in every conversation', () => {
    const open = (random: string) => serverKeys(random, '123456', salt).public;
    expect(open(mine)).not.toBe(open(theirs));
  });

  it.each(['0'.repeat(512), group])('refuses a key that would make the common key predictable', (key) => {
    const { open, keys } = exchange('123456', '123456');
    expect(() => serverKey(keys, '123456', { ...open, clientKey: key })).toThrow(AppError);
    expect(() => clientKey(clientKeys(mine), '123456', { ...open, serverKey: key })).toThrow(AppError);
  });

  it('derives another lasting secret for each pairing', () => {
    const { client } = exchange('123456', '123456');
    expect(lastingSecret(client, 'a')).not.toBe(lastingSecret(client, 'b'));
    expect(lastingSecret(client, 'a')).toMatch(/^[0-9a-f]{64}$/);
  });
});
