import type { ChildProcess } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DaemonClient, Job } from '@uprez/shared';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { course } from '../../../src/backends/topaz/course.ts';
import { openKeyStore } from '../../../src/key-store.ts';
import { chosenSeed, Chance } from '../../support/chance.ts';
import { type ChildScript, childScript, kill, untilReady } from '../../support/child-script.ts';
import { connectLocal } from '../../support/clients.ts';
import { clip } from '../../support/clips.ts';
import { outputOf, SMALL_PARTS, untilDecided } from '../../support/cloud.ts';
import { brokenKeychain } from '../../support/keychains.ts';
import { MORTAL } from '../../support/mortal-backend.ts';
import { type TempDir, tempDir } from '../../support/temp-dir.ts';
import { startTopazEmulator, type TopazEmulator } from '../../support/topaz/emulator.ts';
import type { Step } from '../../support/topaz/journal.ts';
import type { VideoRequest } from '../../support/topaz/video-request.ts';

/** Kills at random moments; more of them are asked for by the environment. */
const KILLS = Number(process.env['UPREZ_TEST_KILLS'] ?? 6);
/** Lives up to a kill, and the rest of a job now and then; only a hang takes longer. */
const PATIENCE_MS = 120_000 + KILLS * 15_000;
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
    await untilReady(this.child);
    const client = await connectLocal(this.folder.file('data', 'endpoint.json'));
    // After a few kills in a minute it starts nothing until somebody says so.
    await client.call('changeSettings', { paused: false });
    return client;
  }

  /** Ends it as a power cut would, in this very moment. False where it had ended by itself. */
  strike(): boolean {
    const struck = this.child?.kill('SIGKILL') ?? false;
    if (struck) this.kills += 1;
    return struck;
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
async function queueOne(frames = 40): Promise<string> {
  const client = await phoenix.rise();
  await client.call('changeSettings', { spendPerJob: 1000, spendPerDay: 1000, paused: true });
  const source = phoenix.folder.file(`clip-${(sources += 1)}.mp4`);
  copyFileSync(await clip({ frames }), source);
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

/** The one whose result the job got. */
function lastRequest(): VideoRequest {
  return phoenix.emulator.requests.findLast(({ upload }) => upload !== undefined)!;
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
      expect(sentTwice(lastRequest().id)).toBeLessThanOrEqual(1);
      phoenix.emulator.faults.clear();
    },
  );

  it('at each station, right before and after it is written down, goes on and pays once', async () => {
    const before = books();
    const id = await queueOne(12);
    writeFileSync(phoenix.folder.file('data', MORTAL), '');
    const job = await phoenix.live(id);
    rmSync(phoenix.folder.file('data', MORTAL));
    expectOnePayment(job, before);
    const graves = readdirSync(phoenix.folder.file('data')).filter((name) => /^(before|after) /.test(name));
    const stations = new Set(graves.map((grave) => grave.replace(/ \d+$/, '')));
    const all = [...Object.keys(course), 'settled'].flatMap((station) => [`before ${station}`, `after ${station}`]);
    expect(all.filter((each) => !stations.has(each))).toEqual([]);
    // The moments in which a part is acknowledged and nobody has written that down.
    const unwritten = graves.filter((grave) => /^before accepted [1-9]/.test(grave)).length;
    expect(unwritten).toBeGreaterThan(0);
    expect(sentTwice(lastRequest().id)).toBeLessThanOrEqual(unwritten);
  });

  it(
    'at random moments goes on where it was, sends at most one part again, and pays once',
    { timeout: PATIENCE_MS },
    async () => {
      const chance = new Chance(chosenSeed());
      const first = phoenix.kills;
      const moments = new Map<string, number>();
      const strike = (): void => {
        const moment = phoenix.emulator.journal.entries.at(-1)?.step ?? 'nothing';
        if (phoenix.strike()) moments.set(moment, (moments.get(moment) ?? 0) + 1);
      };
      let again = 0;
      while (phoenix.kills - first < KILLS) {
        const before = { ...books(), kills: phoenix.kills };
        const id = await queueOne();
        let blow: NodeJS.Timeout | undefined;
        const job = await phoenix.live(id, () => {
          if (phoenix.kills - first < KILLS) blow = setTimeout(strike, chance.fraction() * 2500);
        });
        // One that is still to come would hit the daemon that only queues the next job.
        clearTimeout(blow);
        expectOnePayment(job, before);
        const twice = sentTwice(lastRequest().id);
        expect(twice).toBeLessThanOrEqual(phoenix.kills - before.kills);
        again += twice;
      }
      const where = [...moments].map(([moment, count]) => `${moment} ${count}`).join(', ');
      console.log(
        `seed ${chance.seed}: ${phoenix.kills - first} kills (last heard: ${where}), ${again} parts sent again`,
      );
    },
  );

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
