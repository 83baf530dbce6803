import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { processesIn, seesProcesses } from '../support/processes.ts';
import { openHouse } from '../support/uprez-process.ts';

describe('autostart and uninstall', () => {
  it.skipIf(process.platform !== 'linux')('are visible, undone by one word, and leave nothing running', async () => {
    await using house = openHouse();
    const entry = house.file('data/home/.config/autostart/uprez.desktop');
    expect((await house.run('autostart')).stdout).toContain('does not start with your session');
    expect((await house.run('autostart', 'on')).stdout).toContain(entry);
    expect(existsSync(entry)).toBe(true);
    expect((await house.run('autostart', 'status')).stdout).toContain(entry);

    const daemon = await house.daemon();
    const { code, stdout, stderr } = await house.run('uninstall');
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${house.file('data')}\n${house.file('data', 'log')}\n` });
    expect(stderr).toContain('The daemon is stopped.');
    expect(await daemon.ended).toBe(0);
    expect(existsSync(entry)).toBe(false);
    if (seesProcesses) expect(processesIn(house.path)).toEqual([]);

    expect((await house.run('uninstall')).stderr).toContain('No daemon was running.');
  });
});
