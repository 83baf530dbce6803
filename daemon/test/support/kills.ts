import { setTimeout as pause } from 'node:timers/promises';
import { type DaemonClient, isSettled, type Job } from '@uprez/shared';
import type { Chance } from './chance.ts';
import { untilView } from './clients.ts';
import { killNow, ofRole, type Role, until } from './processes.ts';
import type { House, UprezDaemon } from './uprez-process.ts';

export type Victim = Exclude<Role, 'other'> | 'daemon and engine';

export interface Kill {
  victim: Victim;
  /** Frames that had left the encoder and were not yet safe: they are done again. */
  lostFrames: number;
}

/** A daemon that somebody keeps killing, or parts of it, while it works on one job after the other. */
export class Target {
  readonly kills: Kill[] = [];
  private readonly house: House;
  private readonly chance: Chance;
  private daemon: UprezDaemon;
  private framesSeen = 0;

  private constructor(house: House, chance: Chance, daemon: UprezDaemon) {
    this.house = house;
    this.chance = chance;
    this.daemon = daemon;
    this.watch();
  }

  static async start(house: House, chance: Chance): Promise<Target> {
    return new Target(house, chance, await house.daemon());
  }

  get client(): DaemonClient {
    return this.daemon.client;
  }

  job(id: string): Job | undefined {
    return this.client.view.jobs.find((job) => job.id === id);
  }

  /** Forgets how far the job before had come. */
  newJob(): void {
    this.framesSeen = 0;
  }

  /** Waits until more frames are safe than at a certain time, or nothing more is to come. */
  async untilMoreSafe(id: string, frames: number): Promise<void> {
    await untilView(this.client, ({ jobs }) => {
      const job = jobs.find((each) => each.id === id);
      const share = job?.steps.find(({ name }) => name === 'upscale')?.progress ?? 0;
      return job && (isSettled(job.state) || (share / 100) * job.media.frameCount > frames + 0.5) ? true : undefined;
    });
  }

  /** Frames that no kill can take back. */
  async safeFrames(id: string): Promise<number> {
    return (await this.client.call('reportJob', { id })).segments.frames;
  }

  /**
   * Kills the victim up to `spreadMs` after it is there and waits until the job is being worked on again. A victim that
   * ended by itself before, or that nobody missed, is no kill.
   */
  async strike(id: string, victim: Victim, spreadMs: number): Promise<void> {
    const over = (): boolean => this.isTooLate(id, victim);
    let pid: number | 'over' = await until(`${victim} to kill`, () => (over() ? 'over' : this.find(victim)));
    if (spreadMs > 0) {
      await pause(this.chance.fraction() * spreadMs);
      pid = this.find(victim) ?? 'over';
    }
    const before = this.job(id)?.attempts ?? 0;
    const seen = this.framesSeen;
    if (pid === 'over' || !(await this.kill(victim, pid))) return;
    await untilView(this.client, ({ jobs }) =>
      jobs.find((job) => job.id === id && (job.attempts > before || isSettled(job.state))),
    );
    if ((this.job(id)?.attempts ?? 0) === before) return;
    this.kills.push({ victim, lostFrames: Math.max(0, seen - (await this.safeFrames(id))) });
  }

  /** When every frame is safe, nobody decodes or encodes any more: waiting for that would miss what comes after. */
  private isTooLate(id: string, victim: Victim): boolean {
    const job = this.job(id);
    const allSafe = job?.steps.some(({ name, progress }) => name === 'upscale' && progress === 100) ?? false;
    return isSettled(job?.state ?? 'queued') || (allSafe && ['decoder', 'encoder', 'sound'].includes(victim));
  }

  private find(victim: Victim): number | undefined {
    // A daemon without engine has nothing to lose.
    const engine = ofRole(this.house.path, 'engine')?.pid;
    if (victim === 'daemon' || victim === 'daemon and engine') return engine;
    return victim === 'engine' ? engine : ofRole(this.house.path, victim)?.pid;
  }

  private async kill(victim: Victim, pid: number): Promise<boolean> {
    if (victim !== 'daemon' && !killNow(pid)) return false;
    if (victim !== 'daemon' && victim !== 'daemon and engine') return true;
    await this.daemon.kill();
    this.daemon = await this.house.daemon();
    this.watch();
    // After the fourth kill within a minute it waits for somebody to look at it.
    if (this.client.view.settings.paused) await this.client.call('changeSettings', { paused: false });
    return true;
  }

  private watch(): void {
    this.client.subscribe(({ progress }) => {
      for (const { stage, framesDone } of Object.values(progress))
        if (stage === 'process') this.framesSeen = framesDone;
    });
  }

  /** How often each victim was hit, for the test's output. */
  summary(): string {
    const counts = new Map<Victim, number>();
    for (const { victim } of this.kills) counts.set(victim, (counts.get(victim) ?? 0) + 1);
    const lost = this.kills.map(({ lostFrames }) => lostFrames);
    const words = [...counts].map(([victim, count]) => `${victim} ${count}`).join(', ');
    return `${this.kills.length} kills (${words}), frames done again: ${lost.join(' ')}`;
  }
}
