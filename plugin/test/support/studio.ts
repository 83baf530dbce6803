import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import type { DaemonClient, Job, SettingsPatch } from '@uprez/shared';
import { connectLocal, untilView } from '../../../daemon/test/support/clients.ts';
import { clip } from '../../../daemon/test/support/clips.ts';
import { type TempDir, tempDir } from '../../../daemon/test/support/temp-dir.ts';
import { type Command, User } from '../../../daemon/test/support/uprez.ts';
import { type ProfileName, profiles } from './emulator/profile.ts';
import type { MediaRecord, ProjectRecord } from './emulator/records.ts';
import { Premiere } from './premiere.ts';
import { clipOf, emptySequence, itemOf, mediaRecord, projectOf } from './scene.ts';

/** A workplace: a home folder, two clips, a daemon, and a project that uses the clips. */
export class Studio implements Disposable {
  readonly home: TempDir = tempDir();
  readonly user = new User();
  daemon: Command | undefined;
  private readonly seed: number;

  private constructor(seed: number) {
    this.seed = seed;
  }

  static async open(seed = 1): Promise<Studio> {
    const studio = new Studio(seed);
    await copyFile(
      await clip({ codec: 'prores', extension: '.mov', frames: 40, timecode: '10:00:00:00', sounds: [{}] }),
      studio.file('beach.mov'),
    );
    await copyFile(await clip({ rate: '30000/1001', frames: 30, width: 160, height: 90 }), studio.file('town.mp4'));
    await studio.startDaemon();
    return studio;
  }

  file(name: string): string {
    return join(this.user.clips, name);
  }

  /** Where the panel looks for it on a Mac. */
  private get variables(): Record<string, string> {
    return { UPREZ_DATA_DIR: this.home.file('Library', 'Application Support', 'Uprez') };
  }

  async startDaemon(variables: Record<string, string> = {}): Promise<void> {
    await mkdir(this.variables['UPREZ_DATA_DIR'] ?? '', { recursive: true });
    this.daemon = this.user.starts(['serve'], { ...this.variables, ...variables });
    await this.daemon.says(/http:\S+\n/);
    await this.change({ model: 'bicubic' });
  }

  async change(settings: SettingsPatch): Promise<void> {
    const client = await this.client();
    await client.call('changeSettings', settings);
    client.close();
  }

  /** A second client, to see what the daemon knows. */
  client(): Promise<DaemonClient> {
    return connectLocal(join(this.variables['UPREZ_DATA_DIR'] ?? '', 'endpoint.json'));
  }

  /** The daemon is gone in the middle of whatever it was doing, and comes back elsewhere. */
  async restartDaemon(variables: Record<string, string> = {}): Promise<void> {
    this.daemon?.signal('SIGKILL');
    await this.daemon?.ended;
    await this.startDaemon(variables);
  }

  /** Waits until so many jobs are there. */
  queued(count: number): Promise<void> {
    return this.wait(count, () => true);
  }

  /** Waits until so many jobs have their results. */
  succeeded(count: number): Promise<void> {
    return this.wait(count, ({ state }) => state === 'succeeded');
  }

  /** Waits until so many results are on their timelines, as far as the daemon was told. */
  async delivered(count: number): Promise<readonly Job[]> {
    await this.wait(count, ({ delivery }) => delivery === 'delivered');
    const client = await this.client();
    const { jobs } = client.view;
    client.close();
    return jobs;
  }

  private async wait(count: number, isSo: (job: Job) => boolean): Promise<void> {
    const client = await this.client();
    await untilView(client, ({ jobs }) => {
      const failed = jobs.find(({ state }) => state === 'failed');
      if (failed) throw new Error(`${failed.task.source}: ${failed.error?.message}`);
      return jobs.filter(isSo).length >= count || undefined;
    });
    client.close();
  }

  /** Two films, cut from the same files, one of them in front, and the panel. */
  async premiere(browser: Browser, profile: ProfileName, { front = 'film', home = this.home.path } = {}) {
    const media = await Promise.all([mediaRecord(this.file('beach.mov')), mediaRecord(this.file('town.mp4'))]);
    const names = front === 'film' ? ['film', 'other'] : ['other', 'film'];
    return Premiere.open(browser, home, {
      profile,
      seed: this.seed,
      projects: names.map((name) => film(name, media, profile)),
    });
  }

  [Symbol.dispose](): void {
    this.user[Symbol.dispose]();
    this.home[Symbol.dispose]();
  }
}

function film(name: string, [beachFile, townFile]: readonly MediaRecord[], profile: ProfileName): ProjectRecord {
  const { points } = profiles[profile];
  const beach = itemOf(`beach of ${name}`, beachFile ?? null);
  const town = itemOf(`town of ${name}`, townFile ?? null);
  const sequence = emptySequence(`cut of ${name}`, 2);
  const lay = (uid: string, item: typeof beach, at: number, length: number, from: number, more = {}) =>
    clipOf(sequence, { uid: name === 'film' ? uid : `${uid} of ${name}`, item, at, length, from, points, ...more });
  sequence.video[0] = [
    lay('before', town, 0, 20, 0),
    lay('beach-1', beach, 20, 15, 5, { motion: { 0: { x: 0.4, y: 0.6 } } }),
    lay('beach-2', beach, 35, 18, 12),
    lay('town', town, 53, 10, 3, { motion: { 1: 140, 2: 140, 3: 140, 4: 15, 5: { x: 0.3, y: 0.5 } } }),
    lay('after', beach, 63, 10, 0),
  ];
  // Switched off, so that it may be hidden, but in the way.
  sequence.video[1] = [lay('title', town, 20, 10, 0, { change: { disabled: true } })];
  sequence.audio[0] = [{ ...lay('sound', beach, 20, 15, 5), components: [] }];
  return projectOf(name, [beach, town], [sequence]);
}
