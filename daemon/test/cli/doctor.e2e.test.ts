import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { type Health, VERSION } from '@uprez/shared';
import { strFromU8, unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { openHouse } from '../support/uprez-process.ts';

const KEY = 'tz-test-6f1d2c3b4a59';

describe('doctor', () => {
  it('goes through everything that Uprez needs, and says of each how it is', async () => {
    await using house = openHouse();
    const daemon = await house.daemon();
    const { stdout } = await house.run('doctor', '--json');
    const { version, checks } = JSON.parse(stdout) as Health;
    expect(version).toBe(VERSION);
    const names = checks.map(({ name }) => name);
    for (const name of ['Node', 'ffmpeg', 'model fast', 'models on cpu fp32', 'data folder', 'database', 'port'])
      expect(names).toContain(name);
    for (const name of ['key for topaz', 'paired panels', 'autostart', 'tray', 'log']) expect(names).toContain(name);
    expect(checks.find(({ name }) => name === 'command line')?.detail).toBe(`connected, version ${VERSION}`);
    expect(checks.find(({ name }) => name === 'models on cpu fp32')?.detail).toMatch(/^\d+\.\d fps from 960x540/);
    await daemon.stop();
  });

  it('packs what helps others, without the key, the daemon’s own secret and the folder’s owner', async () => {
    await using house = openHouse();
    const daemon = await house.daemon();
    await daemon.client.call('setKey', { backend: 'topaz', apiKey: KEY });
    const { pairing } = JSON.parse(readFileSync(house.file('data', 'endpoint.json'), 'utf8')) as {
      pairing: { secret: string };
    };
    const { code, stdout } = await house.run('doctor', '--bundle', 'report.zip');
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${house.file('report.zip')}\n` });
    const files = unzipSync(readFileSync(house.file('report.zip')));
    expect(Object.keys(files)).toEqual(['doctor.json', 'settings.json', 'jobs.json', 'errors.json', 'uprez.log']);
    const text = Object.values(files)
      .map((bytes) => strFromU8(bytes))
      .join('\n');
    expect(text).toContain('"listening"');
    for (const secret of [KEY, pairing.secret, house.file('data', 'home')]) expect(text).not.toContain(secret);
    if (hostname().length >= 3 && hostname() !== 'localhost') expect(text).not.toContain(hostname());

    const again = await house.run('doctor', '--bundle', 'report.zip');
    expect(again.code).toBe(2);
    expect(again.stderr).toContain('Give another name');
    await daemon.stop();
  });
});
