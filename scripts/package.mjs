// `npm run package`: builds a release for this platform into dist/, and proves it: unpacked into a bare folder, without
// network and without Node or ffmpeg of its own, it has to upscale a clip into the same frames as here. `--no-check` leaves
// the proof out. Releases of other platforms are made on those: native modules and ffmpeg are theirs.
import { cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './build.mjs';
import { checkRelease } from './package/check.mjs';
import { copyFfmpeg } from './package/ffmpeg.mjs';
import { writeInstallers } from './package/installers.mjs';
import { copyModules, packagesOf } from './package/modules.mjs';
import { writeThirdParty } from './package/third-party.mjs';
import { pack } from './package/archive.mjs';
import { runQuietly } from './programs.mjs';
import { ready } from './ready.mjs';
import { root } from './root.mjs';

await ready({ browser: false });
await build();

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const name = `uprez-${version}-${process.platform}-${process.arch}`;
const folder = join(root, 'dist', name);
const at = (...names) => join(folder, ...names);

await packPlugin();
rmSync(folder, { recursive: true, force: true });
mkdirSync(at('runtime'), { recursive: true });
cpSync(process.execPath, at('runtime', process.platform === 'win32' ? 'node.exe' : 'node'));
cpSync(join(root, 'daemon/dist'), at('app/daemon/dist'), {
  recursive: true,
  filter: (file) => !file.endsWith('.partial'),
});
cpSync(join(root, 'plugin/dist/dashboard'), at('app/plugin/dist/dashboard'), { recursive: true });
cpSync(join(root, 'models'), at('app/models'), {
  recursive: true,
  filter: (file) => !/models\/(training|README)/.test(file),
});
const packages = packagesOf(['daemon', 'shared']);
copyModules(packages, at('app'));
const ffmpeg = copyFfmpeg(at('app/ffmpeg'));
for (const file of ['LICENSE', 'README.md', 'CHANGELOG.md']) cpSync(join(root, file), at(file));
writeThirdParty(at(), { packages: [...packages, ...packagesOf(['plugin'])], ffmpeg });
writeInstallers(folder, version);
const archive = await pack(folder);
say(`${archive.file} (${(archive.bytes / 1e6).toFixed(0)} MB, SHA-256 ${archive.sha256})`);

if (process.argv.includes('--no-check')) say('Not checked.');
else say(await checkRelease(archive.file, name));

/** The panel is the same for every platform. */
async function packPlugin() {
  const failure = await runQuietly(process.execPath, [join(root, 'scripts/package-plugin.mjs')], { cwd: root });
  if (failure) throw new Error(`The panel could not be packed:\n${failure}`);
  say(join(root, 'dist/uprez.ccx'));
}

function say(line) {
  console.log(line);
}
