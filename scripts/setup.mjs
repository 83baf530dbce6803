// Brings a fresh clone to the point where Uprez runs: node modules, ffmpeg and, for tests, a browser. No dependencies,
// since it runs before there are any; silent and quick when nothing is missing.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { aptInstall, commandToType, findProgram, runQuietly } from './programs.mjs';
import { root } from './root.mjs';

const stampFile = join(root, 'node_modules/.cache/uprez-setup.json');
const sqliteBinary = join(root, 'node_modules/better-sqlite3/build/Release/better_sqlite3.node');

/** Something is missing that this script may not or could not install. The message says what to type. */
export class SetupError extends Error {}

/** @param {{ browser: boolean }} needs whether the tests are going to run, which look at a browser and at a desktop's bus */
export async function setUp({ browser }) {
  checkNode();
  if (!modulesAreCurrent()) await installModules();
  if (!findFfmpeg()) await installFfmpeg();
  if (browser && !findChromium()) await installChromium();
  if (browser && lacksVulkan()) await aptInstall(['libvulkan1']);
  // Without it the tray's tests say that they are skipped.
  if (browser && process.platform === 'linux' && !findProgram('dbus-daemon')) await aptInstall(['dbus-daemon']);
}

/** Path of the browser for tests, or undefined. */
export function findChromium() {
  const { CHROME_PATH } = process.env;
  if (CHROME_PATH) return existsSync(CHROME_PATH) ? CHROME_PATH : undefined;
  const macApp = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
  return (
    findProgram('chromium', 'chromium-browser', 'google-chrome', 'chrome') ?? (existsSync(macApp) ? macApp : undefined)
  );
}

/** Debian's Chromium brings a Vulkan device in software, by which the GPU path is tested; its loader comes by itself. */
function lacksVulkan() {
  const folders = ['/usr/lib/x86_64-linux-gnu', '/lib/x86_64-linux-gnu', '/usr/lib64', '/usr/lib'];
  const here = process.platform === 'linux' && process.arch === 'x64';
  return here && !folders.some((folder) => existsSync(join(folder, 'libvulkan.so.1')));
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new SetupError(
    `Uprez needs Node 20.19 or newer; this is ${process.versions.node}. Get it from https://nodejs.org.`,
  );
}

/** Compares content, not dates: the stamp first, and where there is none, what npm says it has installed. */
function modulesAreCurrent() {
  if (!existsSync(sqliteBinary)) return false;
  const now = currentStamp();
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === now) return true;
  const abi = existsSync(stampFile) ? JSON.parse(readFileSync(stampFile, 'utf8')).abi : process.versions.modules;
  if (abi !== process.versions.modules || !installedMatchesLock()) return false;
  writeStamp(now);
  return true;
}

function currentStamp() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  // Native modules are built for one version of Node's binary interface.
  return JSON.stringify({ lock, abi: process.versions.modules });
}

function writeStamp(text) {
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, text);
}

function installedMatchesLock() {
  const installed = packagesOf(join(root, 'node_modules/.package-lock.json'));
  const wanted = packagesOf(join(root, 'package-lock.json'));
  if (!installed || !wanted) return false;
  return Object.entries(wanted).every(
    ([path, entry]) =>
      !path.startsWith('node_modules/') || entry.optional || installed[path]?.version === entry.version,
  );
}

function packagesOf(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : undefined;
}

async function installModules() {
  say('Installing node modules (a minute or two; better-sqlite3 may be compiled).');
  let failure = await npmInstall();
  if (failure && (await installCompiler())) failure = await npmInstall();
  if (failure) throw new SetupError(`npm ci failed:\n${failure}\nTo see everything, type: npm ci`);
  writeStamp(currentStamp());
}

function npmInstall() {
  const npm = process.env.npm_execpath;
  const [program, first] = npm ? [process.execPath, [npm]] : ['npm', []];
  return runQuietly(program, [...first, 'ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    env: { ...process.env, ...installEnvironment() },
  });
}

function installEnvironment() {
  // Its install script would download CUDA libraries; CPU and WebGPU come with the package.
  const variables = { ONNXRUNTIME_NODE_INSTALL: 'skip' };
  // An ffmpeg that is already here spares ffmpeg-static its download.
  const ffmpeg = process.env.UPREZ_FFMPEG_PATH ?? findProgram('ffmpeg');
  if (ffmpeg) variables.FFMPEG_BIN = ffmpeg;
  // Headers beside Node spare node-gyp a download from nodejs.org.
  const prefix = dirname(dirname(process.execPath));
  if (existsSync(join(prefix, 'include/node/node_version.h'))) variables.npm_config_nodedir ??= prefix;
  return variables;
}

/** better-sqlite3 is compiled where no prebuilt file can be fetched. True when something was installed. */
async function installCompiler() {
  const missing = ['python3', 'make', 'g++'].filter((name) => !findProgram(name));
  if (missing.length === 0 || process.platform === 'win32') return false;
  say(`A compiler is missing (${missing.join(', ')}).`);
  if (await aptInstall(missing)) return true;
  throw new SetupError(`${missing.join(', ')} needed to compile better-sqlite3. Type: ${commandToType.compiler()}`);
}

function findFfmpeg() {
  const { UPREZ_FFMPEG_PATH } = process.env;
  if (UPREZ_FFMPEG_PATH) return existsSync(UPREZ_FFMPEG_PATH) ? UPREZ_FFMPEG_PATH : undefined;
  const file = process.platform === 'win32' ? 'ffmpeg.exe' : 'ffmpeg';
  const packaged = join(root, 'node_modules/ffmpeg-static', file);
  return existsSync(packaged) ? packaged : findProgram('ffmpeg');
}

async function installFfmpeg() {
  const { UPREZ_FFMPEG_PATH } = process.env;
  if (UPREZ_FFMPEG_PATH)
    throw new SetupError(`UPREZ_FFMPEG_PATH is ${UPREZ_FFMPEG_PATH}, which does not exist. Correct or unset it.`);
  if (await aptInstall(['ffmpeg'])) return;
  throw new SetupError(`ffmpeg is missing. Type: ${commandToType.ffmpeg()}`);
}

/** A missing browser is no failure: its tests say themselves that they are skipped, and why. */
async function installChromium() {
  if (process.env.CHROME_PATH)
    return say(`CHROME_PATH is ${process.env.CHROME_PATH}, which does not exist: browser tests will be skipped.`);
  if (await aptInstall(['chromium'])) return;
  say(`No Chromium or Chrome found: browser tests will be skipped. To run them, type: ${commandToType.chromium()}`);
}

function say(sentence) {
  console.error(sentence);
}
