import { existsSync, readdirSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Job } from '@uprez/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clip } from '../support/clips.ts';
import { holdEngine, INTERRUPTIBLE } from '../support/processes.ts';
import { ffprobe, hasFfprobe } from '../support/tools.ts';
import { User } from '../support/uprez.ts';

let user: User;
beforeEach(() => {
  user = new User();
});
afterEach(() => user[Symbol.dispose]());

const lengths = {
  short: { frames: 25, sounds: [{}] },
  long: { frames: INTERRUPTIBLE, width: 320, height: 180 },
  endless: { frames: 2000, width: 320, height: 180 },
} as const;

/** A clip in the user's folder: short, long enough to be interrupted, or longer than any test. */
async function has(name: string, length: keyof typeof lengths = 'short'): Promise<void> {
  await copyFile(await clip(lengths[length]), join(user.clips, name));
}

const files = (): string[] => readdirSync(user.clips).sort();
const jobs = async (): Promise<Job[]> => JSON.parse((await user.types('jobs', '--json')).stdout) as Job[];

describe('upscale', () => {
  it('makes a ProRes file beside the clip and prints its path as the last line', async () => {
    await has('a.mp4');
    const { code, stdout, stderr } = await user.types('upscale', 'a.mp4');
    const path = join(user.clips, 'a_uprez_2x_fast.mov');
    // Which numbers are printed on the way is left to chance; that it began is not.
    expect(stderr).toContain('a.mp4: starting');
    expect(stdout).toBe(`${path}\n`);
    expect(code).toBe(0);
    expect(files()).toEqual(['a.mp4', 'a_uprez_2x_fast.mov']);
    if (!hasFfprobe) return;
    const [video] = (await ffprobe(path)).streams;
    expect(video).toMatchObject({
      codec_name: 'prores',
      profile: 'HQ',
      width: 384,
      height: 216,
      nb_read_packets: '25',
    });
  });

  it('takes range, scale, model, folder and sound from its flags', async () => {
    await has('a.mp4');
    const range = ['--from', '00:00:00:05', '--to', '0.6'];
    const flags = ['--scale', '4', '--model', 'bicubic', '--no-audio', '--output', '.'];
    const { code, stdout } = await user.types('upscale', 'a.mp4', ...range, ...flags);
    expect(code).toBe(0);
    expect(stdout).toBe(`${join(user.clips, 'a_uprez_4x_bicubic_5-15.mov')}\n`);
    const [job] = await jobs();
    expect(job).toMatchObject({ state: 'succeeded', output: { frames: 10, width: 768, height: 432 } });
  });

  it('tells programs everything as JSON lines, the result last', async () => {
    await has('a.mp4');
    const { code, stdout } = await user.types('upscale', 'a.mp4', '--json', '--model', 'bicubic');
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { event: string });
    expect(code).toBe(0);
    expect(new Set(events.map(({ event }) => event))).toEqual(new Set(['job', 'progress', 'result']));
    expect(events.at(-1)).toMatchObject({
      event: 'result',
      jobs: [{ state: 'succeeded', output: { path: join(user.clips, 'a_uprez_2x_bicubic.mov') }, error: null }],
    });
  });

  it('does the good clips of several, and fails because of the bad one', async () => {
    await has('a.mp4');
    await has('b.mp4');
    const { code, stdout, stderr } = await user.types('upscale', 'a.mp4', 'no.mp4', 'b.mp4', '--model', 'bicubic');
    expect(stderr).toContain('no.mp4: “no.mp4” does not exist. — ');
    expect(stderr).toContain('3 clips: 2 done, 1 not.');
    expect(stdout.trimEnd().split('\n')).toEqual(
      ['a', 'b'].map((name) => join(user.clips, `${name}_uprez_2x_bicubic.mov`)),
    );
    expect(code).toBe(1);
  });
});

describe('upscale that is interrupted', () => {
  it('cancels the job at Ctrl-C and leaves nothing behind', async () => {
    await has('long.mp4', 'endless');
    const command = user.starts(['upscale', 'long.mp4']);
    await command.says(/frame [1-9]/);
    command.signal('SIGINT');
    const { code, stdout } = await command.ended;
    expect(code).toBe(130);
    expect(stdout).toBe('');
    expect(files()).toEqual(['long.mp4']);
    expect((await jobs()).map((job) => job.state)).toEqual(['cancelled']);
  });

  it.each(['SIGTERM', 'SIGKILL'] as const)(
    'goes on with the same job when it is typed again after %s',
    async (signal) => {
      await has('long.mp4', 'long');
      const first = user.starts(['upscale', 'long.mp4']);
      await first.says(/frame [1-9]/);
      const goOn = holdEngine(user.clips);
      first.signal(signal);
      expect((await first.ended).code).toBe(signal === 'SIGTERM' ? 143 : signal);
      goOn();
      const second = await user.types('upscale', 'long.mp4');
      expect(second.code).toBe(0);
      expect(files()).toEqual(['long.mp4', 'long_uprez_2x_fast.mov']);
      const list = await jobs();
      expect(list.map((job) => [job.state, job.output?.frames])).toEqual([['succeeded', INTERRUPTIBLE]]);
      expect(list[0]?.attempts).toBeGreaterThan(1);
    },
  );

  it('survives the end of the other command that it shared a daemon with', async () => {
    await has('long.mp4', 'long');
    await has('b.mp4');
    const first = user.starts(['upscale', 'long.mp4']);
    await first.says(/frame [1-9]/);
    const goOn = holdEngine(user.clips);
    const second = user.starts(['upscale', 'b.mp4']);
    await second.says(/^b\.mp4: /m);
    goOn();
    expect((await first.ended).code).toBe(0);
    expect((await second.ended).code).toBe(0);
    expect(existsSync(join(user.clips, 'b_uprez_2x_fast.mov'))).toBe(true);
  });
});

describe('retry', () => {
  it('does the job itself where no daemon runs', async () => {
    await has('long.mp4', 'long');
    const command = user.starts(['upscale', 'long.mp4', '--model', 'bicubic']);
    await command.says(/frame [1-9]/);
    holdEngine(user.clips);
    command.signal('SIGINT');
    expect((await command.ended).code).toBe(130);
    const [job] = await jobs();
    const again = await user.types('retry', job?.id.slice(0, 8) ?? '');
    expect(again, again.stderr).toMatchObject({
      code: 0,
      stdout: `${join(user.clips, 'long_uprez_2x_bicubic.mov')}\n`,
    });
  });
});

describe('a running daemon', () => {
  it('takes over from the command whose daemon it found', async () => {
    await has('long.mp4', 'long');
    await has('another.mp4');
    const command = user.starts(['upscale', 'long.mp4', 'another.mp4']);
    await command.says(/frame [1-9]/);
    const goOn = holdEngine(user.clips);
    const daemon = user.starts(['serve']);
    await daemon.says(/this one takes over when that ends/);
    goOn();
    expect((await command.ended).code).toBe(0);
    await daemon.says(/Uprez is running\./);
    daemon.signal('SIGINT');
    expect((await daemon.ended).code).toBe(0);
  });

  it('that belongs to a command can be stopped like any other, and the job goes on later', async () => {
    await has('long.mp4', 'endless');
    const command = user.starts(['upscale', 'long.mp4']);
    await command.says(/frame [1-9]/);
    expect((await user.types('stop')).code).toBe(0);
    expect((await command.ended).code).toBe(143);
    expect((await jobs()).map((job) => job.state)).toEqual(['queued']);
  });

  it('takes jobs from other commands, and ends when it is told to', async () => {
    await has('long.mp4', 'endless');
    const daemon = user.starts(['serve']);
    await daemon.says(/http:\/\/127\.0\.0\.1:\d+\/open/);
    expect((await user.types('serve')).stderr).toContain('Uprez is already running.');

    const detached = await user.types('upscale', 'long.mp4', '--detach');
    expect(detached).toMatchObject({ code: 0, stdout: expect.stringMatching(/^[\w-]{36}\n$/) });
    const id = detached.stdout.slice(0, 8);
    expect((await user.types('jobs', id)).stdout).toContain(`source: ${join(user.clips, 'long.mp4')}`);

    expect(await user.types('cancel', id)).toMatchObject({ code: 0, stderr: `${id} long.mp4: cancelled\n` });
    expect(await user.types('retry', id)).toMatchObject({ code: 0, stderr: `${id} long.mp4: queued again\n` });
    expect((await user.types('pair')).stdout).toMatch(/^\d{6}\n$/);

    expect((await user.types('stop')).code).toBe(0);
    expect((await daemon.ended).code).toBe(0);
    expect((await jobs()).map((job) => job.state)).toEqual(['queued']);
  });
});
