import { readFileSync, writeFileSync } from 'node:fs';
import { AppError, VERSION } from '@uprez/shared';
import { describe, expect, it } from 'vitest';
import { type ConfigSources, loadConfig } from '../src/config.ts';
import { pathsFor } from '../src/paths.ts';
import { tempDir } from './support/temp-dir.ts';

const load = (env: Record<string, string> = {}, sources: ConfigSources = {}) =>
  loadConfig({ platform: 'linux', home: '/nobody', ...sources, env });

function refused(env: Record<string, string>): AppError {
  try {
    load(env);
  } catch (error) {
    if (error instanceof AppError) return error;
  }
  throw new Error('nothing was refused');
}

describe('the configuration', () => {
  it('has defaults for everything', () => {
    const { port, ffmpegPath, logLevel, cleanupInterval, warnings } = load();
    expect({ port, ffmpegPath, logLevel, cleanupInterval, warnings }).toEqual({
      port: null,
      ffmpegPath: null,
      logLevel: 'info',
      cleanupInterval: 3_600_000,
      warnings: [],
    });
  });

  it('takes flags before the environment, the environment before config.json', () => {
    using folder = tempDir();
    writeFileSync(folder.file('config.json'), JSON.stringify({ port: 1, logLevel: 'warn', threads: 3 }));
    const config = load(
      { UPREZ_DATA_DIR: folder.path, UPREZ_PORT: '2', UPREZ_LOG_LEVEL: 'debug' },
      { flags: { port: 5 } },
    );
    expect([config.port, config.logLevel, config.threads]).toEqual([5, 'debug', 3]);
  });

  it('can’t be changed', () => {
    expect(Object.isFrozen(load())).toBe(true);
  });

  it.each([
    ['2GB', 2e9],
    ['500MB', 5e8],
    ['1.5 gb', 1.5e9],
    ['1GiB', 2 ** 30],
    ['123456', 123_456],
  ])('reads the size %s as %i bytes', (text, bytes) => {
    expect(load({ UPREZ_MAX_FILE_SIZE: text }).maxFileSize).toBe(bytes);
  });

  it.each([
    ['90', 90_000],
    ['30m', 1_800_000],
    ['1h', 3_600_000],
    ['7d', 604_800_000],
  ])('reads the time %s as %i milliseconds', (text, ms) => {
    expect(load({ UPREZ_CLEANUP_INTERVAL: text }).cleanupInterval).toBe(ms);
  });

  it.each([
    ['UPREZ_MAX_FILE_SIZE', 'huge', /a size such as/],
    ['UPREZ_MAX_FILE_SIZE', '-1', /a size such as/],
    ['UPREZ_MAX_FILE_SIZE', '0', /a size such as/],
    ['UPREZ_CLEANUP_INTERVAL', '5 parsecs', /a time such as/],
    ['UPREZ_PORT', '70000', /a whole number from 0 to 65535/],
    ['UPREZ_PORT', 'abc', /a whole number/],
    ['UPREZ_THREADS', '1.5', /a whole number from 1/],
    ['UPREZ_LOG_LEVEL', 'loud', /one of trace, debug/],
    ['UPREZ_FFMPEG_PATH', 'bin/ffmpeg', /an absolute path/],
    ['UPREZ_TEMP_DIR', './temp', /an absolute path/],
  ])('refuses %s=%s and says what is expected', (name, value, expected) => {
    const error = refused({ [name]: value });
    expect(error).toMatchObject({ code: 'setup.config', data: { key: name, got: value } });
    expect(error.data['expected']).toMatch(expected);
  });

  it('takes an empty variable as not set', () => {
    expect(load({ UPREZ_PORT: '' }).port).toBeNull();
  });

  it('warns of what it does not know', () => {
    using folder = tempDir();
    writeFileSync(folder.file('config.json'), '{"prot": 1}');
    const { warnings } = load({ UPREZ_DATA_DIR: folder.path, UPREZ_PROT: '1', OTHER: '1' });
    expect(warnings.map((warning) => warning.replace(folder.path, ''))).toEqual([
      'unknown environment variable UPREZ_PROT',
      'unknown key prot in /config.json',
    ]);
  });

  it.each(['{', '[1]', '"text"'])('refuses a config.json that holds %s', (text) => {
    using folder = tempDir();
    writeFileSync(folder.file('config.json'), text);
    expect(refused({ UPREZ_DATA_DIR: folder.path })).toMatchObject({ code: 'setup.config' });
  });
});

describe('the folders', () => {
  const paths = (platform: NodeJS.Platform, home: string, env = {}) => pathsFor({ platform, home, env });

  it('follow the convention of each platform', () => {
    expect(paths('darwin', '/Users/ann')).toMatchObject({
      data: '/Users/ann/Library/Application Support/Uprez',
      logFile: '/Users/ann/Library/Logs/Uprez/uprez.log',
    });
    expect(paths('win32', 'C:\\Users\\ann', { LOCALAPPDATA: 'D:\\Local' })).toMatchObject({
      endpointFile: 'D:\\Local\\Uprez\\endpoint.json',
    });
    expect(paths('linux', '/home/ann', { XDG_CONFIG_HOME: '/etc/ann', XDG_DATA_HOME: 'relative' })).toMatchObject({
      configFile: '/etc/ann/uprez/config.json',
      database: '/home/ann/.local/share/uprez/uprez.db',
    });
  });

  it('all lie below the data folder where one is given', () => {
    const all = Object.values(pathsFor({ platform: 'linux', home: '/home/ann', env: {} }, '/data'));
    expect(all.every((path) => path.startsWith('/data'))).toBe(true);
  });
});

describe('the version', () => {
  it('is the one of package.json', () => {
    const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
    expect((JSON.parse(text) as { version: string }).version).toBe(VERSION);
  });
});
