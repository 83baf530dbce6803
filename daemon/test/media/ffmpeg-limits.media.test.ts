import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { describe, expect, it, vi } from 'vitest';
import { open } from '../../src/media/args.ts';
import { runFfmpeg } from '../../src/media/ffmpeg.ts';
import { playlists, textFile } from '../support/bad-files.ts';
import { clip } from '../support/clips.ts';
import { type TempDir, tempDir } from '../support/temp-dir.ts';
import { cached, ffmpeg, ffmpegPath } from '../support/tools.ts';

describe('an ffmpeg', () => {
  it.skipIf(process.platform !== 'linux')(
    'gets no more memory than a clip can need, and its arguments as they are',
    async () => {
      using folder = tempDir();
      const path = program(folder, 'ulimit -v\nprintf "%s\\n" "$@"');
      const odd = ['$(id)', '`id`', '; id', 'a b', "'", '"', '\\', ''];
      const [limit, ...given] = (await runFfmpeg(path, odd)).toString().split('\n');
      expect(Number(limit) * 1024).toBeGreaterThan(4 * 2 ** 30);
      expect(Number(limit) * 1024).toBeLessThan(totalmem() + 4 * 2 ** 30 + 512 * 2 ** 30);
      expect(given.slice(4, -1)).toEqual(odd);
    },
  );

  it('is told how much it may take in one piece', async () => {
    const source = await clip({ frames: 2 });
    const decode = (args: readonly string[]) => runFfmpeg(ffmpegPath, [...args, '-f', 'framecrc', 'pipe:1']);
    expect((await decode(open(source))).length).toBeGreaterThan(0);
    const args = open(source).map((arg, i, all) => (all[i - 1] === '-max_alloc' ? '5000' : arg));
    await expect(decode(args)).rejects.toThrow();
  });

  it.skipIf(process.platform === 'win32')('sees nothing of the daemon’s environment', async () => {
    using folder = tempDir();
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'CANARY');
    try {
      const seen = (await runFfmpeg(program(folder, 'env'), [])).toString();
      expect(seen).toContain('LC_ALL=C');
      expect(seen).not.toContain('CANARY');
    } finally {
      vi.unstubAllEnvs();
    }
  });
});

/** Each wall holds also where the others are down. */
describe('a file for ffmpeg', () => {
  const decode = (args: readonly string[]): Promise<Buffer> =>
    runFfmpeg(ffmpegPath, [...args, '-map', '0:v:0', '-frames:v', '1', '-f', 'framecrc', 'pipe:1']);
  const without = (args: readonly string[], ...options: string[]): string[] =>
    args.filter((arg, i) => !options.includes(arg) && !options.includes(args[i - 1] ?? ''));

  it('that is a playlist is refused by its format', async () => {
    const target = await clip({ frames: 2 });
    const list = await textFile(playlists['ffconcat']?.(target) ?? '');
    const args = ['-safe', '0', ...without(open(list), '-protocol_whitelist')];
    await expect(decode(args)).rejects.toThrow();
    expect((await decode(without(args, '-format_whitelist'))).length).toBeGreaterThan(0);
  });

  it('that leads anywhere but to files is refused by its protocol', async () => {
    // ffmpeg's own default lets data and encrypted files through.
    const inside = `data:video/mp4;base64,${readFileSync(await clip({ frames: 2 })).toString('base64')}`;
    const list = await textFile(playlists['ffconcat']?.(inside) ?? '');
    const args = ['-safe', '0', ...without(open(list), '-format_whitelist')];
    await expect(decode(args)).rejects.toThrow();
    expect((await decode(without(args, '-protocol_whitelist'))).length).toBeGreaterThan(0);
  });

  it('of a codec that no clip has is refused by its codec', async () => {
    const recipe = ['-f', 'lavfi', '-i', 'testsrc2=s=64x64:d=0.1', '-c:v', 'cinepak', '-y'];
    const args = open(await cached(['cinepak', recipe], '.avi', (path) => ffmpeg(...recipe, path)));
    await expect(decode(args)).rejects.toThrow();
    expect((await decode(without(args, '-codec_whitelist'))).length).toBeGreaterThan(0);
  });

  it('with more pixels than any screen is refused by its size', async () => {
    const recipe = ['-f', 'lavfi', '-i', 'color=s=8208x8192:d=0.04', '-frames:v', '1', '-c:v', 'mjpeg', '-y'];
    const args = open(await cached(['huge', recipe], '.mov', (path) => ffmpeg(...recipe, path)));
    expect((await decode(args).catch(() => Buffer.of())).toString()).not.toMatch(/^0, /m);
    expect((await decode(without(args, '-max_pixels'))).toString()).toMatch(/^0, /m);
  });
});

/** A program with a shell script in it, instead of ffmpeg. */
function program(folder: TempDir, script: string): string {
  const path = folder.file('ffmpeg');
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}
