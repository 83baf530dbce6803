import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { silentLog } from '../../src/log.ts';
import { helperCommand } from '../../src/tray/helper-command.ts';
import { HelperProcess } from '../../src/tray/helper-process.ts';
import { coverage, png } from '../../src/tray/icon.ts';
import { FromHelper, type ToHelper } from '../../src/tray/messages.ts';
import { Arrivals } from '../support/desktop.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { isAlive, until } from '../support/processes.ts';

/** A program of a few words in the place of a helper. */
function helperOf(script: string, clock = new ManualClock()) {
  const starts: number[] = [];
  const messages = new Arrivals<FromHelper>();
  const helper = new HelperProcess({
    command: { file: process.execPath, args: ['-e', script], env: {} },
    ...{ clock, log: silentLog() },
    onStart: () => starts.push(clock.now()),
    onMessage: (message) => messages.add(message),
  });
  return { helper, clock, starts, messages };
}

describe('a helper that ends by itself', () => {
  it('is started again after longer and longer pauses, and given up in the end', async () => {
    const { clock, starts, helper } = helperOf('process.exit(3)');
    const began = clock.now();
    for (const seconds of [1, 2, 4, 8, 16, 32]) {
      const known = starts.length;
      // Its end is told by the system, so time stands still until it has come.
      await until('its end', () => clock.pending > 0);
      clock.advance(seconds * 1000 - 1);
      expect(starts).toHaveLength(known);
      clock.advance(1);
      expect(starts).toHaveLength(known + 1);
    }
    expect(starts.map((at) => (at - began) / 1000)).toEqual([0, 1, 3, 7, 15, 31, 63]);
    const { pid } = helper;
    await until('its end', () => !isAlive(pid ?? 0));
    clock.advance(3_600_000);
    expect(starts).toHaveLength(7);
  });

  it('is no error where it can’t be started at all', async () => {
    const clock = new ManualClock();
    const helper = new HelperProcess({
      command: { file: '/nowhere/helper', args: [], env: {} },
      ...{ clock, log: silentLog(), onStart: () => {}, onMessage: () => {} },
    });
    await until('its end', () => clock.pending > 0);
    helper[Symbol.dispose]();
    expect(helper.pid).toBeUndefined();
  });

  it('is not started again where it says that there is no desktop', async () => {
    const said = JSON.stringify({ type: 'unavailable', why: 'no bus' });
    const { clock, starts, messages, helper } = helperOf(`console.log('${said}')`);
    expect(await messages.next()).toEqual({ type: 'unavailable', why: 'no bus' });
    await until('its end', () => !isAlive(helper.pid ?? 0));
    clock.advance(3_600_000);
    expect(starts).toHaveLength(1);
  });
});

describe('what a helper says', () => {
  it('counts only where it is a message', async () => {
    const script = 'console.log("noise"); console.log(\'{"type":"click"}\'); console.log(\'{"type":"ready"}\');';
    const { messages, helper } = helperOf(`${script} process.stdin.resume()`);
    expect(await messages.next()).toEqual({ type: 'ready' });
    helper[Symbol.dispose]();
  });
});

describe('the helper of a platform', () => {
  const linux = { platform: 'linux', node: '/usr/bin/node', programs: '/opt/My Uprez/dist' } as const;

  it('is Node with a session bus on Linux, and none without', () => {
    const env = { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/run/user/1000/bus' };
    expect(helperCommand({ ...linux, env })).toEqual({
      file: '/usr/bin/node',
      args: ['/opt/My Uprez/dist/tray.mjs'],
      env,
    });
    expect(helperCommand({ ...linux, env: {} })).toBeUndefined();
    expect(helperCommand({ ...linux, env: { XDG_RUNTIME_DIR: '/nowhere' } })).toBeUndefined();
  });

  it('is osascript on macOS', () => {
    const command = helperCommand({ ...linux, platform: 'darwin', env: {} });
    expect(command?.file).toBe('/usr/bin/osascript');
    expect(command?.args).toEqual(['-l', 'JavaScript', '/opt/My Uprez/dist/tray-macos.js']);
  });

  it('is PowerShell by its full path on Windows', () => {
    const env = { SystemRoot: 'D:\\Windows' };
    const command = helperCommand({ platform: 'win32', node: 'node.exe', programs: 'C:\\My Uprez\\dist', env });
    expect(command?.file).toBe('D:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe');
    expect(command?.args.slice(-2)).toEqual(['-File', 'C:\\My Uprez\\dist\\tray-windows.ps1']);
  });

  /** They can't run here: at least nothing of the protocol is forgotten, and the words are the same. */
  const scripts = { windows: 'tray-windows.ps1', macos: 'tray-macos.js' } as const;
  const orders: Record<ToHelper['type'], true> = {
    ...{ hello: true, menu: true, notify: true, pick: true, open: true, reveal: true, copy: true },
  };

  it.each(Object.entries(scripts))('obeys and says every word of the protocol on %s', (_platform, file) => {
    const text = readFileSync(new URL(`../../dist/${file}`, import.meta.url), 'utf8');
    const words = new Set([...text.matchAll(/'([a-z-]+)'/g)].map((match) => match[1]));
    expect([...Object.keys(orders), 'ready', 'click', 'picked'].filter((word) => !words.has(word))).toEqual([]);
    for (const kind of ['line', 'note', 'action', 'menu']) expect(words).toContain(kind);
    const said = [...text.matchAll(/type(?: =|:) '([a-z-]+)'/g)].map((match) => match[1]);
    const known: string[] = FromHelper.options.map(({ shape }) => shape.type.value);
    expect(said.filter((word) => !known.includes(word ?? ''))).toEqual([]);
  });

  it('is proper JavaScript on macOS', () => {
    const file = new URL('../../dist/tray-macos.js', import.meta.url).pathname;
    expect(() => execFileSync(process.execPath, ['--check', file], { stdio: 'pipe' })).not.toThrow();
  });
});

describe('the icon', () => {
  it('is a PNG of grey and alpha that holds the drawing', () => {
    const image = png(22, 'idle', 'white');
    expect(image.subarray(1, 4).toString()).toBe('PNG');
    expect([image.readUInt32BE(16), image.readUInt32BE(20), image[24], image[25]]).toEqual([22, 22, 8, 4]);
    const length = image.readUInt32BE(33);
    const rows = inflateSync(image.subarray(41, 41 + length));
    const alphas = Array.from(coverage(22, 'idle'), (_, i) => rows[Math.floor(i / 22) * 45 + 2 + 2 * (i % 22)]);
    expect(alphas).toEqual([...coverage(22, 'idle')]);
  });

  it('is another one for each mood, sharp and inside its edges', () => {
    const drawn = (['idle', 'busy', 'attention'] as const).map((mood) => coverage(44, mood));
    expect(new Set(drawn.map((pixels) => pixels.join())).size).toBe(3);
    for (const pixels of drawn) {
      expect(pixels.filter((alpha) => alpha === 255).length).toBeGreaterThan(200);
      expect(pixels.slice(0, 44).some((alpha) => alpha > 0)).toBe(false);
    }
  });
});
