/** A weakness of ffmpeg that a hostile clip can use, and the releases of each branch that first came without it. */
interface Advisory {
  id: string;
  what: string;
  fixedIn: readonly string[];
  source: string;
}

/** Those of the parts that Uprez uses, looked through in November 2026. */
const advisories: readonly Advisory[] = [
  {
    id: 'CVE-2024-7272',
    what: 'sound can overflow a buffer',
    fixedIn: ['5.1.6', '6.0'],
    source: 'https://nvd.nist.gov/vuln/detail/CVE-2024-7272',
  },
  {
    id: 'CVE-2026-8461',
    what: 'MagicYUV can write out of bounds',
    fixedIn: ['7.1.5', '8.0.3', '8.1.2'],
    source: 'https://ffmpeg.org/security.html',
  },
  {
    id: 'CVE-2026-40962',
    what: 'encrypted MP4 can write out of bounds',
    fixedIn: ['8.1'],
    source: 'https://app.opencve.io/cve/CVE-2026-40962',
  },
];

/**
 * What is known against a version of ffmpeg; empty for builds of the development branch, whose names hold no number.
 * Versions that a distribution built carry its own fixes under an old number: nothing can be told from theirs.
 */
export function advisoriesOf(version: string): Advisory[] {
  const release = /^n?(\d+(?:\.\d+)*)(?:-static|-full_build.*|-essentials_build.*|-tessus)?$/.exec(version)?.[1];
  if (release === undefined) return [];
  return advisories.filter(({ fixedIn }) => !isFixed(numbers(release), fixedIn.map(numbers)));
}

/** Did a distribution build it, which repairs old numbers? */
export function isDistributions(version: string): boolean {
  return (
    /^\d[\d.]*-\S*(ubuntu|deb\d|\+b\d|\.fc\d|\.el\d|suse|pmbs|arch)/i.test(version) ||
    /^\d[\d.]*-\d+\S*\+deb/.test(version)
  );
}

/** At least the fix of its own branch, or of a branch as new as any that has one. */
function isFixed(version: readonly number[], fixes: readonly (readonly number[])[]): boolean {
  const own = fixes.find((fix) => fix[0] === version[0] && fix[1] === version[1]);
  if (own) return compare(version, own) >= 0;
  return fixes.every((fix) => compare(version, fix) > 0);
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function numbers(version: string): number[] {
  return version.split('.').map(Number);
}
