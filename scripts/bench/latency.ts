import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type DaemonClient, isSettled } from '@uprez/shared';
import { connectToRunning } from '../../daemon/src/cli/connect.ts';
import { loadConfig } from '../../daemon/src/config.ts';
import { benchClip } from './clips.ts';
import type { BenchTools } from './plan.ts';
import type { Row } from './table.ts';

const program = fileURLToPath(new URL('../../daemon/dist/uprez.mjs', import.meta.url));

/** What clients ask for while they show a list. */
const questions = [
  (client: DaemonClient) => client.call('listJobs', {}),
  (client: DaemonClient) => client.call('getSettings', {}),
  (client: DaemonClient, id: string) => client.call('getJob', { id }),
  (client: DaemonClient, id: string) => client.call('reportJob', { id }),
];

/** How long calls take that two clients make, one after the other, from a job's first frame to its end. */
export async function callLatency(tools: BenchTools, model: string): Promise<Row[]> {
  const clip = await benchClip(tools.ffmpeg, tools.folder, { picture: 'detail', seconds: 10 });
  const dataDir = join(tools.folder, 'daemon');
  const daemon = spawn(process.execPath, [program, 'serve', '--data-dir', dataDir, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    // It prints the dashboard's link when it is ready.
    await once(daemon.stdout, 'data');
    const config = loadConfig({ env: {}, flags: { dataDir } });
    await using first = await connectToRunning(config);
    await using second = await connectToRunning(config);
    const times = await askWhileRunning([first.client, second.client], { source: clip.path, model });
    return rowsOf(times);
  } finally {
    daemon.kill('SIGTERM');
    await once(daemon, 'exit');
  }
}

async function askWhileRunning(
  clients: readonly DaemonClient[],
  task: { source: string; model: string },
): Promise<number[]> {
  const [job] = (await clients[0]?.call('addJobs', { jobs: [{ task, requestId: randomUUID() }] })) ?? [];
  const id = job?.id ?? '';
  const each = clients.map(async (client) => {
    const times: number[] = [];
    for (let i = 0; !hasEnded(client, id); i++) {
      const startedAt = performance.now();
      await questions[i % questions.length]?.(client, id);
      times.push(performance.now() - startedAt);
      // People click less often than computers ask: without this the calls themselves would be the load.
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return times;
  });
  return (await Promise.all(each)).flat();
}

function hasEnded(client: DaemonClient, id: string): boolean {
  const job = client.view.jobs.find((each) => each.id === id);
  return job !== undefined && isSettled(job.state);
}

function rowsOf(times: readonly number[]): Row[] {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return [
    { name: `${sorted.length} calls during a job: p50, ms`, ratio: at(0.5), limit: 50 },
    { name: 'calls during a job: p99, ms', ratio: at(0.99), limit: 50 },
    { name: 'calls during a job: longest, ms', ratio: at(1), limit: 1000 },
  ];
}
