import { describe, expect, it } from 'vitest';
import { advisoriesOf, isDistributions } from '../../src/health/advisories.ts';

const ids = (version: string): string[] => advisoriesOf(version).map(({ id }) => id);

describe('what is known against a version of ffmpeg', () => {
  it.each([
    ['5.1.5', ['CVE-2024-7272', 'CVE-2026-8461', 'CVE-2026-40962']],
    ['5.1.6', ['CVE-2026-8461', 'CVE-2026-40962']],
    ['6.0', ['CVE-2026-8461', 'CVE-2026-40962']],
    ['6.1.1', ['CVE-2026-8461', 'CVE-2026-40962']],
    ['7.1.5', ['CVE-2026-40962']],
    ['8.0.3', ['CVE-2026-40962']],
    ['n8.1.1', ['CVE-2026-8461']],
    ['8.1.1-full_build-www.gyan.dev', ['CVE-2026-8461']],
    ['8.1.2', []],
    ['9.0', []],
    ['N-112345-gabcdef', []],
  ])('is for %s: %j', (version, expected) => {
    expect(ids(version)).toEqual(expected);
  });

  it.each(['5.1.9-0+deb12u1', '6.1.1-3ubuntu5', '7.1.1-1+b2', '7.1.2-1.fc42'])(
    'is left to the distribution for %s',
    (version) => {
      expect(isDistributions(version)).toBe(true);
      expect(ids(version)).toEqual([]);
    },
  );

  it.each(['6.1.1', '7.0.2-static', 'n7.1', 'N-112345-gabcdef'])('is not left to anybody for %s', (version) => {
    expect(isDistributions(version)).toBe(false);
  });
});
