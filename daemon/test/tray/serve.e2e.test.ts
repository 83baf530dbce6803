import { describe, expect, it, vi } from 'vitest';
import { noBus, PanelIcon, startPanel, startSessionBus } from '../support/desktop.ts';
import { processesIn, untilOnly } from '../support/processes.ts';
import { openHouse } from '../support/uprez-process.ts';

describe.skipIf(noBus !== undefined)('a daemon on a desktop', () => {
  it('shows its icon, says so, and ends with everything when somebody quits it there', async () => {
    await using bus = await startSessionBus();
    const panel = await startPanel(bus);
    await using house = openHouse();
    const daemon = await house.daemon(['env', `DBUS_SESSION_BUS_ADDRESS=${bus.address}`]);
    const icon = new PanelIcon(await bus.connect(), await panel.registered.next());
    await vi.waitFor(async () =>
      expect((await icon.menu()).map(({ label }) => label)).toContain('Start at login'.padStart(16)),
    );
    const { checks } = await daemon.client.call('getHealth', {});
    expect(checks.find(({ name }) => name === 'tray')?.detail).toBe('ready for the desktop’s panel');

    await icon.click('Quit Uprez');
    expect(await daemon.ended).toBe(0);
    await untilOnly(house.path);
    expect(processesIn(house.path)).toEqual([]);
  });

  it('is as good without one', async () => {
    await using house = openHouse();
    const daemon = await house.daemon(['env', 'DBUS_SESSION_BUS_ADDRESS=unix:path=/nowhere/bus']);
    const { checks } = await daemon.client.call('getHealth', {});
    expect(checks.find(({ name }) => name === 'database')?.status).toBe('ok');
    await daemon.stop();
    await untilOnly(house.path);
  });
});
