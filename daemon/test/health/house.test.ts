import { Settings } from '@uprez/shared';
import { describe, expect, it } from 'vitest';
import { checkHouse, type HouseState } from '../../src/health/house.ts';

const house: HouseState = {
  version: '1.2.0',
  port: 47_810,
  settings: Settings.parse({}),
  pairings: [],
  clients: [],
  keys: [{ backend: 'topaz', place: null }],
  hasKeychain: true,
  database: { sound: true, jobs: 1, file: '/data/uprez.db' },
};

const lines = (change: Partial<HouseState>): string[] =>
  checkHouse({ ...house, ...change }).map(({ status, name, detail }) => `${status} ${name}: ${detail}`);

describe('what a daemon says of itself', () => {
  it('is short where all is well', () => {
    expect(lines({})).toEqual([
      'ok database: sound, 1 job, /data/uprez.db',
      'ok port: 127.0.0.1:47810',
      'ok key for topaz: none; it would be kept in the keychain',
      'ok paired panels: none; panels on this computer need no code',
    ]);
  });

  it('names a damaged database, and what to do about it', () => {
    const database = { ...house.database, sound: false };
    expect(checkHouse({ ...house, database })[0]).toMatchObject({
      status: 'error',
      next: expect.stringContaining('backup'),
    });
  });

  it('warns of a port where no panel looks', () => {
    expect(lines({ port: 8080 })[1]).toMatch(/^warning port: 127\.0\.0\.1:8080/);
  });

  it('says where the key is, and that there is no keychain', () => {
    const place = 'file' as const;
    expect(lines({ keys: [{ backend: 'topaz', place }], hasKeychain: false })[2]).toContain(
      'in a file that only you can read',
    );
  });

  it('lists paired panels, and clients of another version', () => {
    const pairings = [{ id: 'p', name: 'Premiere', createdAt: 0, lastSeenAt: Date.UTC(2026, 10, 20) }];
    const clients = [
      { name: 'panel', version: '1.1.0' },
      { name: 'dashboard', version: '1.2.0' },
      { name: 'script', version: null },
    ];
    expect(lines({ pairings, clients }).slice(3)).toEqual([
      'ok paired panels: Premiere (seen 2026-11-20)',
      'warning panel: connected, version 1.1.0; the daemon is 1.2.0',
      'ok dashboard: connected, version 1.2.0',
      'ok script: connected',
    ]);
  });
});
