import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isLicence, packagesOf } from '../package/modules.mjs';
import { root } from '../root.mjs';

const packages = packagesOf(['daemon', 'shared']);
const names = packages.map(({ name }) => name);

describe('what a release holds', () => {
  it('is what the daemon needs, with what that needs, and nothing for building or installing', () => {
    const { dependencies } = JSON.parse(readFileSync(join(root, 'daemon/package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    for (const name of Object.keys(dependencies).filter((each) => !each.startsWith('@uprez/')))
      expect(names).toContain(name);
    expect(names).toContain('onnxruntime-common');
    for (const name of ['vitest', 'vite', 'typescript', 'prebuild-install', 'react', 'ffmpeg-static'])
      expect(names).not.toContain(name);
  });

  it('is under licences that go with MIT, each with its text or its name', () => {
    const allowed = /^\(?(MIT|ISC|BSD-[23]-Clause|Apache-2\.0|0BSD|Unlicense|BlueOak-1\.0\.0)\b/;
    const others = [...packages, ...packagesOf(['plugin'])].filter(
      ({ manifest }) => !allowed.test(licenceOf(manifest)),
    );
    expect(others.map(({ name, manifest }) => `${name}: ${licenceOf(manifest)}`)).toEqual([]);
    const silent = packages.filter(
      ({ folder, manifest }) => !readdirSync(folder).some(isLicence) && !licenceOf(manifest),
    );
    expect(silent.map(({ name }) => name)).toEqual([]);
  });

  it.skipIf(!existsSync('/bin/sh'))('starts and installs by scripts that a shell can read', () => {
    for (const name of ['uprez.sh', 'install.sh']) {
      const { status, stderr } = spawnSync('/bin/sh', ['-n', join(root, 'scripts/package/files', name)], {
        encoding: 'utf8',
      });
      expect({ name, status, stderr }).toEqual({ name, status: 0, stderr: '' });
    }
  });
});

function licenceOf(manifest: object): string {
  return 'license' in manifest && typeof manifest.license === 'string' ? manifest.license : '';
}
