import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { launchAgent } from '../../src/login/login-files.ts';
import { type LoginItem, openLoginItem } from '../../src/login/login-item.ts';
import { until } from '../support/processes.ts';
import { tempDir, type TempDir } from '../support/temp-dir.ts';

const has = (program: string): boolean => spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined;

/** A program in a folder of an odd name, which writes down what it was started with. */
function oddProgram(folder: TempDir): { file: string; args: string[]; said: string } {
  const place = folder.file('Grüße & 100% "Co" $HOME `id`');
  mkdirSync(place);
  const [file, said] = [join(place, 'program'), folder.file('said')];
  writeFileSync(file, `#!/bin/sh\nfor each in "$@"; do printf '%s\\n' "$each"; done > '${said}'\n`);
  chmodSync(file, 0o755);
  return { file, args: [`it's "here" 50%`, 'a\\b', 'zwölf $x'], said };
}

function linuxItem(folder: TempDir, launch: { file: string; args: string[] }): LoginItem {
  const item = openLoginItem({ platform: 'linux', home: folder.path, env: {} }, launch);
  if (!item) throw new Error('Linux has login items');
  return item;
}

describe.skipIf(process.platform !== 'linux')('starting with the session on Linux', () => {
  it('is written down where the desktop looks for it, and leaves no trace when it is taken back', () => {
    using folder = tempDir();
    const item = linuxItem(folder, { file: '/usr/bin/uprez', args: [] });
    expect(item.state().way).toBeNull();
    item.turnOn('desktop');
    expect(item.state()).toEqual({ way: 'desktop', place: folder.file('.config/autostart/uprez.desktop') });
    item.turnOn('service');
    expect(item.state().way).toBe('service');
    // One way at a time: two daemons would fight for one place.
    expect(readdirSync(folder.file('.config/autostart'))).toEqual([]);
    item.turnOff();
    expect(item.state().way).toBeNull();
    expect(readdirSync(folder.path, { recursive: true }).filter((name) => String(name).includes('uprez'))).toEqual([]);
  });

  it('goes where the user’s configuration is', () => {
    using folder = tempDir();
    const env = { XDG_CONFIG_HOME: folder.file('conf') };
    const item = openLoginItem({ platform: 'linux', home: '/nowhere', env }, { file: '/usr/bin/uprez', args: [] });
    item?.turnOn('desktop');
    expect(readdirSync(folder.file('conf/autostart'))).toEqual(['uprez.desktop']);
  });

  it('says what is wrong where nothing can be written', () => {
    using folder = tempDir();
    writeFileSync(folder.file('.config'), 'a file');
    const item = linuxItem(folder, { file: '/usr/bin/uprez', args: [] });
    expect(() => item.turnOn('desktop')).toThrow(expect.objectContaining({ code: 'setup.login-item' }));
  });

  it.skipIf(!has('systemd-analyze'))('is a unit that systemd takes, with paths of any kind', () => {
    using folder = tempDir();
    const program = oddProgram(folder);
    linuxItem(folder, program).turnOn('service');
    const unit = folder.file('.config/systemd/user/uprez.service');
    const { status, stderr } = spawnSync('systemd-analyze', ['--user', 'verify', unit], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], XDG_RUNTIME_DIR: folder.path, HOME: folder.path },
    });
    expect(stderr.split('\n').filter((line) => line.includes('uprez'))).toEqual([]);
    expect(status).toBe(0);
  });

  it.skipIf(!has('desktop-file-validate'))('is an entry that the desktop’s own tool finds valid', () => {
    using folder = tempDir();
    linuxItem(folder, oddProgram(folder)).turnOn('desktop');
    const entry = folder.file('.config/autostart/uprez.desktop');
    expect(execFileSync('desktop-file-validate', [entry], { encoding: 'utf8' })).toBe('');
  });

  it.skipIf(!has('gio'))('starts the very program with the very arguments', async () => {
    using folder = tempDir();
    const program = oddProgram(folder);
    linuxItem(folder, program).turnOn('desktop');
    execFileSync('gio', ['launch', folder.file('.config/autostart/uprez.desktop')]);
    // Nobody waits for what was launched.
    const whole = `${program.args.join('\n')}\n`;
    await until('its words', () => existsSync(program.said) && readFileSync(program.said, 'utf8') === whole);
  });
});

describe('starting with the session elsewhere', () => {
  it('is a LaunchAgent on macOS', () => {
    using folder = tempDir();
    const launch = { file: '/Applications/Uprez/node', args: ['serve'] };
    const item = openLoginItem({ platform: 'darwin', home: folder.path, env: {} }, launch);
    item?.turnOn('desktop');
    const file = folder.file('Library/LaunchAgents/app.uprez.daemon.plist');
    expect(item?.state()).toEqual({ way: 'desktop', place: file });
    expect(readFileSync(file, 'utf8')).toBe(launchAgent(launch));
    item?.turnOff();
    expect(item?.state().way).toBeNull();
  });

  it.skipIf(!has('xmllint'))('is well-formed XML there, whatever the path', () => {
    using folder = tempDir();
    const item = openLoginItem({ platform: 'darwin', home: folder.path, env: {} }, oddProgram(folder));
    item?.turnOn('desktop');
    const file = folder.file('Library/LaunchAgents/app.uprez.daemon.plist');
    expect(spawnSync('xmllint', ['--noout', '--nonet', file]).status).toBe(0);
  });

  it('is not to be had on other systems', () => {
    const item = openLoginItem({ platform: 'freebsd', home: '/home/me', env: {} }, { file: 'uprez', args: [] });
    expect(item).toBeUndefined();
  });
});
