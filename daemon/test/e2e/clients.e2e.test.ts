import { copyFileSync } from 'node:fs';
import type { CallName, DaemonClient, View } from '@uprez/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { untilJob, untilView } from '../support/clients.ts';
import { clip } from '../support/clips.ts';
import { peakMemoryOf, seesProcesses } from '../support/processes.ts';
import { type House, openHouse, queueTask } from '../support/uprez-process.ts';

const CALLS = 500;
const AT_ONCE = 5;

describe('While a job runs', () => {
  let house: House;
  let source: string;

  beforeEach(async () => {
    house = openHouse();
    source = house.file('sea.mp4');
    copyFileSync(await clip({ width: 480, height: 270, rate: '50', frames: 1500, sounds: [{ channels: 2 }] }), source);
  });

  afterEach(async () => {
    await house[Symbol.asyncDispose]();
  });

  it(`${CALLS} calls of two clients are answered, and both see the same list`, async () => {
    const { client: first, connect } = await house.daemon();
    const second = await connect('the other');
    const { id } = await queueTask(first, { source });
    await untilView(first, ({ progress }) => progress[id]);

    await Promise.all([first, second].map((client) => callOften(client, id, CALLS / 2)));
    expect(first.view.jobs[0]?.state, 'the job ended before the calls').toBe('running');

    await first.call('changeSettings', { handles: 3 });
    await second.call('cancelJob', { id });
    await Promise.all([first, second].map((client) => untilJob(client, id, 'cancelled')));
    await untilView(first, ({ settings }) => settings.handles === 3 || undefined);
    await untilView(second, ({ settings }) => settings.handles === 3 || undefined);
    expect(stored(first.view)).toEqual(stored(second.view));
    expect(first.view.jobs).toEqual(await second.call('listJobs', {}));
  });

  it.skipIf(!seesProcesses)('the daemon stays small, whatever it probes', async () => {
    const { client, pid } = await house.daemon();
    const idle = peakMemoryOf(pid);
    const { id } = await queueTask(client, { source, model: 'bicubic', range: { from: 0, to: 100 } });
    for (let i = 0; i < 5; i++) await client.call('probe', { path: source });
    await untilJob(client, id, 'succeeded');
    const peak = peakMemoryOf(pid);
    console.log(`daemon: ${megabytes(idle)} idle, ${megabytes(peak)} at most with probes and a job`);
    expect(peak).toBeLessThanOrEqual(150e6);
  });
});

async function callOften(client: DaemonClient, id: string, count: number): Promise<void> {
  const calls: [CallName, object][] = [
    ['listJobs', {}],
    ['getSettings', {}],
    ['getJob', { id }],
    ['reportJob', { id }],
    ['listModels', {}],
  ];
  for (let done = 0; done < count; done += AT_ONCE) {
    const batch = calls.slice(0, AT_ONCE).map(([name, params]) => client.call(name, params as never));
    for (const result of await Promise.all(batch)) expect(result).toBeDefined();
  }
}

/** Progress is lossy and may differ for a moment. */
function stored({ jobs, settings }: View): Pick<View, 'jobs' | 'settings'> {
  return { jobs, settings };
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}
