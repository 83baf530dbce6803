import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { DaemonClient, Job } from '@uprez/shared';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openKeyStore } from '../../../src/key-store.ts';
import { chosenSeed, Chance } from '../../support/chance.ts';
import { type ChildScript, childScript, kill } from '../../support/child-script.ts';
import { connectLocal } from '../../support/clients.ts';
import { clip } from '../../support/clips.ts';
import { outputOf, SMALL_PARTS, untilDecided } from '../../support/cloud.ts';
import { brokenKeychain } from '../../support/keychains.ts';
import { type TempDir, tempDir } from '../../support/temp-dir.ts';
import { startTopazEmulator, type TopazEmulator } from '../../support/topaz/emulator.ts';
import type { Step } from '../../support/topaz/journal.ts';

/** Kills at random moments; more of them are asked for by the environment. */
const KILLS = Number(process.env['UPREZ_TEST_KILLS'] ?? 8);
const steps: readonly Step[] = [
  'create',
  'accept',
  'upload',
  'complete-upload',
  'status',
  'record',
  'download',
  'delete-media',
];

/** A daemon that is killed again and again, and always comes back. */
class Phoenix {
  readonly emulator: TopazEmulator;
  readonly folder: TempDir;
  kills = 0;
  private readonly script: ChildScript;
  private child: ChildProcess | undefined;

  constructor(parts: { emulator: TopazEmulator; folder: TempDir; script: ChildScript }) {
    this.emulator = parts.emulator;
    this.folder = parts.folder;
    this.script = parts.script;
  }

  async rise(): Promise<DaemonClient> {
    this.child = this.script.start();
    const gone = once(this.child, 'exit').then(() => Promise.reject(new Error('the daemon did not come up')));
    gone.catch(() => undefined);
    await Promise.race([once(this.child.stdout!, 'data'), gone]);
    return connectLocal(this.folder.file('data', 'endpoint.json'));
  }

  /** Ends it as a power cut would, in this very moment. */
  strike(): void {
    if (this.child?.kill('SIGKILL')) this.kills += 1;
  }

  async end(): Promise<void> {
    if (this.child && this.child.exitCode === null && this.child.signalCode === null) await kill([this.child]);
  }

  /** The job when it has ended, over as many lives as that takes. `live` is called in each. */
  async live(id: string, live: () => void = () => undefined): Promise<Job> {
    for (;;) {
      // It may be struck before anybody could talk to it.
      const client = await this.rise().catch(() => undefined);
      live();
      const ended = client && (await untilDecided(client, id).catch(() => undefined));
      client?.close();
      await this.end();
      if (ended) return ended;
    }
  }
}

let phoenix: Phoenix;
let script: ChildScript;
let sources = 0;

beforeAll(async () => {
  const folder = tempDir();
  const emulator = await startTopazEmulator({ partRules: SMALL_PARTS, credits: 1000 });
  mkdirSync(folder.file('data'));
  await openKeyStore(folder.file('data', 'keys.json'), brokenKeychain()).write('topaz', emulator.key);
  const { segmentBytes } = SMALL_PARTS;
  const options = JSON.stringify({ dataDir: folder.file('data'), baseUrl: emulator.url, segmentBytes });
  script = await childScript(`import { runCloudChild } from './cloud-child.ts'; await runCloudChild(${options});`);
  phoenix = new Phoenix({ emulator, folder, script });
});

afterAll(async () => {
  await phoenix.end();
  await phoenix.emulator[Symbol.asyncDispose]();
  phoenix.folder[Symbol.dispose]();
  script[Symbol.dispose]();
});

/** Queues a clip of its own, below the ceilings; the daemon that took it goes away before it begins. */
async function queueOne(): Promise<string> {
  const client = await phoenix.rise();
  await client.call('changeSettings', { spendPerJob: 1000, spendPerDay: 1000, paused: true });
  const source = phoenix.folder.file(`clip-${(sources += 1)}.mp4`);
  copyFileSync(await clip({ frames: 40 }), source);
  const [job] = await client.call('addJobs', { jobs: [{ task: { source, backend: 'topaz', model: 'prob-4' } }] });
  await client.call('changeSettings', { paused: false });
  client.close();
  await phoenix.end();
  return job!.id;
}

/** One request was paid, once, and is the one whose result is there. */
function expectOnePayment(job: Job, before: { charged: number; accepted: number }): void {
  outputOf(job);
  const { account, requests } = phoenix.emulator;
  const accepted = requests.filter(({ upload }) => upload !== undefined);
  expect(accepted.length - before.accepted).toBe(1);
  expect(account.charged - before.charged).toBe(accepted.at(-1)?.quote.cost[0]);
  expect(account.reserved).toBe(0);
  expect(job.chargedCredits).toBe(account.charged - before.charged);
}

function books(): { charged: number; accepted: number } {
  const { account, requests } = phoenix.emulator;
  return { charged: account.charged, accepted: requests.filter(({ upload }) => upload !== undefined).length };
}

/** Parts that were sent completely more than once. */
function sentTwice(id: string): number {
  const parts = phoenix.emulator.journal.of('upload', id).filter(({ answered }) => answered === 200);
  return parts.length - new Set(parts.map(({ part }) => part)).size;
}

describe('a daemon that is killed', () => {
  it.each(['before', 'after'] as const)(
    'right %s each call is done goes on where it was and pays once',
    async (when) => {
      const before = books();
      const id = await queueOne();
      for (const at of steps) {
        if (when === 'before') {
          let struck = false;
          const strike = (): boolean => {
            if (!struck) phoenix.strike();
            struck = true;
            return false;
          };
          phoenix.emulator.faults.add({ at, when: strike }, { kind: 'drop', after: false });
        } else {
          phoenix.emulator.faults.add({ at }, { kind: 'alter', change: (reply) => (phoenix.strike(), reply) });
        }
      }
      const job = await phoenix.live(id);
      expectOnePayment(job, before);
      const request = phoenix.emulator.requests.findLast(({ upload }) => upload !== undefined);
      expect(sentTwice(request!.id)).toBeLessThanOrEqual(3);
      phoenix.emulator.faults.clear();
    },
  );

  it('at random moments goes on where it was and pays once', async () => {
    const chance = new Chance(chosenSeed());
    const target = phoenix.kills + KILLS;
    while (phoenix.kills < target) {
      const before = books();
      const id = await queueOne();
      let blow: NodeJS.Timeout | undefined;
      const job = await phoenix.live(id, () => {
        if (phoenix.kills < target) blow = setTimeout(() => phoenix.strike(), chance.fraction() * 2500);
      });
      // One that is still to come would hit the daemon that only queues the next job.
      clearTimeout(blow);
      expectOnePayment(job, before);
    }
  });

  it('has written the key nowhere but into its key file', () => {
    const { key } = phoenix.emulator;
    const holders = filesBelow(phoenix.folder.path).filter((file) => readFileSync(file).includes(key));
    expect(holders).toEqual([phoenix.folder.file('data', 'keys.json')]);
    expect(phoenix.emulator.journal.leaksOf(key)).toEqual([]);
  });
});

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile());
}
