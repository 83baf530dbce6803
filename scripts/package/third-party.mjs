import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isLicence } from './modules.mjs';

/** THIRD-PARTY.txt: whose work is in the release, under which licence. Texts that are too many for it lie in licences/. */
export function writeThirdParty(folder, { packages, ffmpeg }) {
  const seen = new Map(packages.map((each) => [`${each.name}@${each.version}`, each]));
  const sections = [
    'Uprez itself is under the MIT licence (LICENSE). This is what else is in this folder.',
    ffmpegSection(folder, ffmpeg),
    nodeSection(folder),
    'Models\n\nThe models “fast” and “fine” were trained for Uprez and are under the MIT licence. Others are downloaded only when\nsomebody asks for them; their licences are shown before that and lie in app/models/licences.',
    ...[...seen.values()].map(packageSection),
  ];
  writeFileSync(join(folder, 'THIRD-PARTY.txt'), `${sections.join(`\n\n${'-'.repeat(100)}\n\n`)}\n`);
}

function packageSection({ name, version, folder, manifest }) {
  const texts = readdirSync(folder).filter(isLicence);
  const licence = manifest.license ?? manifest.licenses?.map((each) => each.type).join(' or ') ?? 'see below';
  const where = manifest.repository?.url ?? manifest.homepage ?? `https://www.npmjs.com/package/${name}`;
  const words = texts.map((file) => readFileSync(join(folder, file), 'utf8').trim());
  return [`${name} ${version}: ${licence}\n${where.replace(/^git\+/, '')}`, ...words].join('\n\n');
}

/** A program of its own that is started, not linked: its licence does not extend to Uprez, but it goes with it. */
function ffmpegSection(folder, { origin, version, configuration, libraries }) {
  const licence = licenceOf(configuration);
  const lines = [
    `ffmpeg ${version}: ${licence}`,
    'A program of its own in app/ffmpeg, which Uprez starts as a process and which can be replaced by any other ffmpeg',
    '(UPREZ_FFMPEG_PATH). Its source is at https://ffmpeg.org, and at those who built it.',
    `Taken from: ${origin}`,
    `Built with: ${configuration}`,
  ];
  const owners = debianPackages(libraries);
  if (owners.length === 0) return lines.join('\n');
  for (const name of owners) copyDebianLicence(folder, name);
  const source = 'Debian’s packages; `apt source <name>` gets the source of each, licences/debian has their licences:';
  return [...lines, '', `It and the libraries beside it are from ${source}`, owners.join(', ')].join('\n');
}

function licenceOf(configuration) {
  if (configuration.includes('--enable-nonfree'))
    throw new Error('This ffmpeg may not be passed on (--enable-nonfree).');
  const version = configuration.includes('--enable-version3') ? '3' : '2';
  return configuration.includes('--enable-gpl')
    ? `GPL-${version}.0-or-later`
    : `LGPL-${version === '3' ? '3.0' : '2.1'}-or-later`;
}

/** Which packages the files are from; none where there is no dpkg to ask. */
function debianPackages(files) {
  if (files.length === 0) return [];
  // Packages know one of the two places of /lib and /usr/lib.
  const places = files.flatMap((file) => [file, realpathSync(file), realpathSync(file).replace(/^\/usr/, '')]);
  try {
    const text = execFileSync('sh', ['-c', 'dpkg -S "$@" 2>/dev/null || true', 'sh', '/usr/bin/ffmpeg', ...places], {
      encoding: 'utf8',
    });
    return [...new Set(text.split('\n').flatMap((line) => /^([^:\s,]+)[:,]/.exec(line)?.[1] ?? []))].sort();
  } catch {
    return [];
  }
}

function copyDebianLicence(folder, name) {
  const file = `/usr/share/doc/${name}/copyright`;
  if (!existsSync(file)) return;
  mkdirSync(join(folder, 'licences/debian'), { recursive: true });
  cpSync(realpathSync(file), join(folder, 'licences/debian', `${name}.txt`));
}

function nodeSection(folder) {
  const head = `Node.js ${process.versions.node}: MIT, and the licences of what it holds\nhttps://github.com/nodejs/node/blob/v${process.versions.node}/LICENSE`;
  const prefix = dirname(dirname(process.execPath));
  const text = [join(prefix, 'LICENSE'), '/usr/share/doc/nodejs/copyright', '/usr/share/doc/nodejs/LICENSE'].find(
    (file) => existsSync(file),
  );
  if (!text) return head;
  mkdirSync(join(folder, 'licences'), { recursive: true });
  cpSync(realpathSync(text), join(folder, 'licences/node.txt'));
  return `${head}\nIts text is in licences/node.txt.`;
}
