import { describe, expect, it } from 'vitest';
import { judge } from '../../src/api/guard.ts';

const port = 47_810;
const own = '127.0.0.1:47810';

describe('the guard', () => {
  it.each([
    ['no Host at all', undefined],
    ['an empty Host', ''],
    ['a Host without a name', ':47810'],
    ['a Host without a port', '127.0.0.1'],
    ['another port', '127.0.0.1:47811'],
    ['a name that starts like ours', 'localhost.evil.example:47810'],
    ['a name that ends like ours', 'evil-localhost:47810'],
    ['a name that is resolved to this computer', 'rebound.example:47810'],
    ['the wildcard address', '0.0.0.0:47810'],
    ['a list of hosts', '127.0.0.1:47810, evil.example'],
    ['a user before our name', 'evil@127.0.0.1:47810'],
  ])('refuses %s', (_, host) => {
    expect(judge({ host, origin: undefined }, port)).toBe('refused');
  });

  it.each(['127.0.0.1:47810', 'localhost:47810', 'LOCALHOST:47810', '[::1]:47810'])('takes the host %s', (host) => {
    expect(judge({ host, origin: undefined }, port)).toBe('local');
  });

  it.each([
    'https://evil.example',
    'http://evil.example:47810',
    'http://localhost',
    'http://localhost:3000',
    'https://127.0.0.1:47810',
    'http://127.0.0.1:47810.evil.example',
    'HTTPS://EVIL.EXAMPLE',
    'null',
  ])('refuses the origin %s', (origin) => {
    expect(judge({ host: own, origin }, port)).toBe('refused');
  });

  it('refuses a page whose origin equals the Host it was rebound to', () => {
    expect(judge({ host: 'evil.example:47810', origin: 'http://evil.example:47810' }, port)).toBe('refused');
  });

  it.each(['http://127.0.0.1:47810', 'http://localhost:47810'])('knows its own dashboard at %s', (origin) => {
    expect(judge({ host: own, origin }, port)).toBe('own');
  });

  it.each([undefined, 'file://'])('lets a program with the origin %s go on to its proof', (origin) => {
    expect(judge({ host: own, origin }, port)).toBe('local');
  });

  it.each(['cross-site', 'same-site'])('refuses what a browser says comes %s', (fetchSite) => {
    expect(judge({ host: own, origin: undefined, fetchSite }, port)).toBe('refused');
  });

  it.each(['none', 'same-origin'])('takes what a browser says comes from %s', (fetchSite) => {
    expect(judge({ host: own, origin: undefined, fetchSite }, port)).toBe('local');
  });
});
