import { mkdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Chance, chosenSeed } from '../support/chance.ts';
import { untilEnded, untilView } from '../support/clients.ts';
import { clip } from '../support/clips.ts';
import { Target, type Victim } from '../support/kills.ts';
import { childrenOf, killNow, ofRole, seesProcesses, until, untilOnly } from '../support/processes.ts';
import { frameHashes } from '../support/tools.ts';
import { type House, openHouse, queueTask } from '../support/uprez-process.ts';

const FRAMES = 450;
const SEGMENT = 24;
const ENOUGH = 20;

const victims: readonly Victim[] = ['engine', 'decoder', 'encoder', 'sound', 'daemon', 'daemon and engine'];

/** Small pictures, many segments, key frames and B-frames on other places than segment borders. */
const source = () =>
  clip({
    ...{ width: 320, height: 180, rate: '50', frames: FRAMES, sounds: [{ channels: 2 }] },
    extra: ['-g', '31', '-bf', '3'],
  });

// Other systems don't tell a test which processes there are.
describe.skipIf(!seesProcesses)('A daemon, engine or ffmpeg that is killed', () => {
  let house: House;
  let reference: string[];
  let clipPath: string;

  beforeAll(async () => {
    house = openHouse();
    clipPath = await source();
    mkdirSync(house.file('reference'));
    const { code, stdout, stderr } = await house.run('upscale', clipPath, '--output', house.file('reference'));
    expect(code, stderr).toBe(0);
    reference = await frameHashes(stdout.trim(), '-map', '0');
    expect(reference.filter((line) => line.startsWith('0,'))).toHaveLength(FRAMES);
  });

  afterAll(async () => {
    await house[Symbol.asyncDispose]();
  });

  it(
    `costs seconds at most, at ${ENOUGH} random moments, and changes no frame and no sound`,
    { timeout: 300_000 },
    async () => {
      const chance = new Chance(chosenSeed());
      console.log(`seed of the kills: ${chance.seed}`);
      const target = await Target.start(house, chance);
      for (let run = 1; target.kills.length < ENOUGH; run++) {
        const output = house.file(`run${run}`);
        mkdirSync(output);
        const path = await surviveOneJob(target, chance, output);
        expect(await frameHashes(path, '-map', '0')).toEqual(reference);
        await untilOnly(house.path, ['daemon']);
      }
      console.log(target.summary());
      // A segment is on record before the next one begins.
      for (const kill of target.kills) expect(kill.lostFrames, kill.victim).toBeLessThanOrEqual(SEGMENT);
      expect(target.kills.map(({ victim }) => victim)).toEqual(expect.arrayContaining([...victims]));
    },
  );

  it('while it proves the finished file, proves it again', async () => {
    await using other = openHouse();
    const target = await Target.start(other, new Chance(chosenSeed()));
    // The proof takes a moment only: whoever misses it tries the next job.
    for (let frames = 24; target.kills.length === 0; frames++) {
      const range = { from: 0, to: frames };
      const { id } = await queueTask(target.client, { source: clipPath, model: 'bicubic', range, output: other.path });
      await target.strike(id, 'proof', 0);
      expect((await untilEnded(target.client, id)).state).toBe('succeeded');
      await untilOnly(other.path, ['daemon']);
    }
    expect(other.files().filter((name) => !name.endsWith('.mov'))).toEqual([]);
  });

  it('leaves nobody behind, also where its watchdog was killed before it', async () => {
    await using other = openHouse();
    const daemon = await other.daemon();
    await queueTask(daemon.client, { source: clipPath, output: other.path });
    await until('the engine', () => ofRole(other.path, 'encoder'));
    const watchdog = childrenOf(daemon.pid).find(({ command }) => command.includes('while read -r verb'));
    expect(killNow(watchdog!.pid)).toBe(true);
    await daemon.kill();
    await untilOnly(other.path);
  });

  async function surviveOneJob(target: Target, chance: Chance, output: string): Promise<string> {
    target.newJob();
    const { id } = await queueTask(target.client, { source: clipPath, output });
    await target.strike(id, 'look', 0);
    await target.strike(id, 'engine', 400);
    // Three kills without a new segment in between would give the job up, as they should.
    for (const [first, second] of pairs(chance.shuffled([...victims, ...victims, ...victims]))) {
      const safe = await target.safeFrames(id);
      if (safe === FRAMES) break;
      await target.untilMoreSafe(id, safe);
      await target.strike(id, first, 300);
      await target.strike(id, second, 600);
    }
    await target.untilMoreSafe(id, FRAMES - 1);
    await target.strike(id, 'proof', 0);
    await target.strike(id, chance.fraction() < 0.5 ? 'engine' : 'daemon', 400);
    const ended = await untilView(target.client, ({ jobs }) =>
      jobs.find((job) => job.id === id && !['queued', 'running'].includes(job.state)),
    );
    expect(ended.state, JSON.stringify(ended.error)).toBe('succeeded');
    return ended.output?.path ?? '';
  }
});

function pairs<T>(values: readonly T[]): [T, T][] {
  return values.flatMap((value, i) => {
    const next = values[i + 1];
    return i % 2 === 0 && next !== undefined ? [[value, next] as [T, T]] : [];
  });
}
