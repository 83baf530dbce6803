import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { DaemonClient } from '@uprez/shared';
import { describe, expect, it, vi } from 'vitest';
import { silentLog } from '../../src/log.ts';
import { type LoginItem, openLoginItem } from '../../src/login/login-item.ts';
import { helperCommand } from '../../src/tray/helper-command.ts';
import { Tray } from '../../src/tray/tray.ts';
import { untilJob, untilView } from '../support/clients.ts';
import { startTestDaemon, type TestDaemon } from '../support/daemon.ts';
import {
  noBus,
  PanelIcon,
  type SessionBus,
  startNotifications,
  startPanel,
  startPortal,
  startSessionBus,
} from '../support/desktop.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { isAlive, killNow, until } from '../support/processes.ts';
import { ScriptedBackend } from '../support/scripted-backend.ts';
import { newJob } from '../support/tasks.ts';
import { tempDir, type TempDir } from '../support/temp-dir.ts';

const programs = fileURLToPath(new URL('../../dist', import.meta.url));
const node = process.execPath;

interface Session extends AsyncDisposable {
  bus: SessionBus;
  daemon: TestDaemon;
  client: DaemonClient;
  backend: ScriptedBackend;
  clock: ManualClock;
  login: LoginItem;
  showTray(): Tray;
  /** The icon that registered under this name, as a panel sees it. */
  icon(name: string): Promise<PanelIcon>;
}

/** A desktop session with a running daemon in it. */
async function openSession(path = ''): Promise<Session> {
  const bus = await startSessionBus();
  const backend = new ScriptedBackend();
  const daemon = await startTestDaemon({ backends: [backend] });
  const client = await daemon.connect('tray');
  const clock = new ManualClock();
  const home = tempDir();
  const login = openLoginItem({ platform: 'linux', home: home.path, env: {} }, { file: '/opt/uprez', args: [] });
  if (!login) throw new Error('Linux has login items');
  let tray: Tray | undefined;
  return {
    ...{ bus, daemon, client, backend, clock, login },
    showTray() {
      const env = { DBUS_SESSION_BUS_ADDRESS: bus.address, PATH: path };
      const command = helperCommand({ platform: 'linux', node, programs, env });
      if (!command) throw new Error('no desktop');
      tray = new Tray({ client, command, login, clock, log: silentLog() });
      return tray;
    },
    icon: async (name) => new PanelIcon(await bus.connect(), name),
    async [Symbol.asyncDispose]() {
      tray?.[Symbol.dispose]();
      await daemon[Symbol.asyncDispose]();
      await bus[Symbol.asyncDispose]();
      home[Symbol.dispose]();
    },
  };
}

/** Moves time on until the menu has a line like this one; refreshing waits for the clock. */
async function untilLine(icon: PanelIcon, clock: ManualClock, line: string | RegExp): Promise<string[]> {
  return vi.waitFor(
    async () => {
      clock.advance(1000);
      const labels = (await icon.menu()).map(({ label }) => label);
      expect(labels).toContainEqual(typeof line === 'string' ? line : expect.stringMatching(line));
      return labels;
    },
    { timeout: 30_000 },
  );
}

describe.skipIf(noBus !== undefined)(`the tray on a desktop${noBus ? ` (${noBus})` : ''}`, () => {
  it('registers with the panel and shows its icon and menu', async () => {
    await using session = await openSession();
    const panel = await startPanel(session.bus);
    session.showTray();
    const icon = await session.icon(await panel.registered.next());
    expect(await icon.property('Title')).toBe('Uprez');
    expect(await icon.property('Status')).toBe('Active');
    const pixmaps = (await icon.property('IconPixmap')) as [number, number, Buffer][];
    expect(pixmaps.map(([width, height, { length }]) => [width, height, length])).toContainEqual([22, 22, 1936]);
    expect(await untilLine(icon, session.clock, 'Nothing to do')).toEqual([
      'Nothing to do',
      '—',
      'Upscale clips…',
      'Flat-log ProRes…',
      'Pause queue',
      'Open dashboard',
      '—',
      'No paired panels',
      'Settings',
      '  Tell me when a job ends',
      '  Tell me when a job needs approval',
      '  Start at login',
      '  —',
      '  More in the dashboard…',
      'Quit Uprez',
    ]);
  });

  it('takes clicks to the daemon and shows what came of them', async () => {
    await using session = await openSession();
    const { client, clock } = session;
    const panel = await startPanel(session.bus);
    session.showTray();
    const icon = await session.icon(await panel.registered.next());
    await untilLine(icon, clock, 'Pause queue');

    await icon.click('Pause queue');
    await untilView(client, ({ settings }) => settings.paused || undefined);
    await untilLine(icon, clock, 'Resume queue');

    await icon.click('  Start at login');
    await vi.waitFor(() => expect(session.login.state().way).toBe('desktop'));
    await vi.waitFor(async () => {
      const found = (await icon.menu()).find(({ label }) => label === '  Start at login');
      expect(found?.checked).toBe(true);
    });

    await icon.click('Quit Uprez');
    await session.daemon.stopRequested;
  });

  it('follows jobs, asks before it quits while one runs, and says when it is done', async () => {
    await using session = await openSession();
    const { client, backend, clock } = session;
    const panel = await startPanel(session.bus);
    const bubbles = await startNotifications(session.bus);
    session.showTray();
    const icon = await session.icon(await panel.registered.next());
    const [job] = await client.call('addJobs', { jobs: [newJob({ source: '/clips/a_b & c.mp4' })] });
    const run = await backend.nextRun();
    await untilJob(client, job?.id ?? '', 'running');
    // Underscores are doubled: a single one would mark a key.
    const labels = await untilLine(icon, clock, 'a__b & c.mp4: starting');
    expect(labels).toContain('Quit Uprez…');
    expect(labels).toContain('  Quit all the same');
    expect(labels).not.toContain('Quit Uprez');

    run.finish();
    await untilJob(client, job?.id ?? '', 'succeeded');
    expect(await bubbles.shown.next()).toEqual({ title: 'a_b & c.mp4 is done', text: 'sea_uprez_2x_fast.mov' });
    expect(await untilLine(icon, clock, 'sea__uprez__2x__fast.mov')).toContain('  Copy path');
  });

  it('queues the files that somebody chooses in the desktop’s own dialog', async () => {
    await using session = await openSession();
    const panel = await startPanel(session.bus);
    await startPortal(session.bus, () => ['file:///clips/one%20clip.mp4', 'file:///clips/zwei%C3%A4.mov']);
    session.showTray();
    const icon = await session.icon(await panel.registered.next());
    await untilLine(icon, session.clock, 'Upscale clips…');
    await icon.click('Upscale clips…');
    const jobs = await untilView(session.client, (view) => (view.jobs.length === 2 ? view.jobs : undefined));
    expect(jobs.map(({ task }) => task.source)).toEqual(['/clips/one clip.mp4', '/clips/zweiä.mov']);

    await icon.click('Flat-log ProRes…');
    const flat = await untilView(session.client, (view) => view.jobs[2]);
    expect(flat.task).toMatchObject({ source: '/clips/one clip.mp4', scale: 1, look: { id: 'flat' } });
  });
});

describe.skipIf(noBus !== undefined)('what the tray asks other programs for', () => {
  /** A program that writes down what it was given: its arguments, and what was piped into it. */
  function program(folder: TempDir, name: string): void {
    const text = `#!/bin/sh\nprintf '%s\\n' "$@" > '${folder.file(name)}.new'; cat >> '${folder.file(name)}.new'\n`;
    writeFileSync(folder.file('bin', name), `${text}mv '${folder.file(name)}.new' '${folder.file(name)}'\n`, {
      mode: 0o755,
    });
  }

  it('is the dashboard where nothing can ask for files, and the clipboard', async () => {
    using folder = tempDir();
    mkdirSync(folder.file('bin'));
    for (const name of ['xdg-open', 'xclip']) program(folder, name);
    await using session = await openSession(`${folder.file('bin')}:/bin`);
    const { client, backend, clock } = session;
    const panel = await startPanel(session.bus);
    session.showTray();
    const icon = await session.icon(await panel.registered.next());
    await untilLine(icon, clock, 'Upscale clips…');
    await icon.click('Upscale clips…');
    await until('the browser', () => existsSync(folder.file('xdg-open')));
    expect(readFileSync(folder.file('xdg-open'), 'utf8')).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/open\/[0-9a-f]{64}\n$/);

    await client.call('addJobs', { jobs: [newJob()] });
    (await backend.nextRun()).finish();
    await untilLine(icon, clock, '  Copy path');
    await icon.click('  Copy path');
    await until('the clipboard', () => existsSync(folder.file('xclip')));
    expect(readFileSync(folder.file('xclip'), 'utf8')).toBe('-selection\nclipboard\n/clips/sea_uprez_2x_fast.mov');
  });
});

describe.skipIf(noBus !== undefined)('the tray’s place on the desktop', () => {
  it('registers again when the panel is restarted, and when it comes later than the tray', async () => {
    await using session = await openSession();
    session.showTray();
    const panel = await startPanel(session.bus);
    const first = await panel.registered.next();
    panel.crash();
    const next = await startPanel(session.bus);
    expect(await next.registered.next()).toBe(first);
    expect(await (await session.icon(first)).property('Title')).toBe('Uprez');
  });

  it('comes back after a crash, twenty times, and the job that runs notices nothing', async () => {
    await using session = await openSession();
    const { client, backend, clock } = session;
    const panel = await startPanel(session.bus);
    const tray = session.showTray();
    await panel.registered.next();
    const [job] = await client.call('addJobs', { jobs: [newJob()] });
    const run = await backend.nextRun();
    for (let crash = 1; crash <= 20; crash++) {
      clock.advance(60_000);
      const pid = tray.pid ?? 0;
      killNow(pid);
      await until('another helper', () => {
        clock.advance(1000);
        return tray.pid !== pid;
      });
      await panel.registered.next();
    }
    expect((await client.call('getJob', { id: job?.id ?? '' })).attempts).toBe(1);
    run.finish();
    await untilJob(client, job?.id ?? '', 'succeeded');
    expect(backend.ran).toHaveLength(1);
  });

  it('goes when it is turned off in the settings, and comes back', async () => {
    await using session = await openSession();
    const panel = await startPanel(session.bus);
    const tray = session.showTray();
    await panel.registered.next();
    const pid = tray.pid ?? 0;
    await session.client.call('changeSettings', { tray: false });
    await until('the end of the helper', () => !isAlive(pid));
    await session.client.call('changeSettings', { tray: true });
    await panel.registered.next();
    expect(tray.pid).not.toBe(pid);
  });
});
