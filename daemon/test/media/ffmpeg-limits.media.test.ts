import { chmodSync, writeFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { describe, expect, it } from 'vitest';
import { open } from '../../src/media/args.ts';
import { runFfmpeg } from '../../src/media/ffmpeg.ts';
import { clip } from '../support/clips.ts';
import { tempDir } from '../support/temp-dir.ts';
import { ffmpegPath } from '../support/tools.ts';

describe('an ffmpeg', () => {
  it.skipIf(process.platform !== 'linux')(
    'gets no more memory than a clip can need, and its arguments as they are',
    async () => {
      using folder = tempDir();
      const path = folder.file('ffmpeg');
      writeFileSync(path, '#!/bin/sh\nulimit -v\nprintf "%s\\n" "$@"\n');
      chmodSync(path, 0o755);
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
});
