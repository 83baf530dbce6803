import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createMov } from '../../src/media/mov/mov-writer.ts';
import { SampleTable } from '../../src/media/mov/sample-table.ts';
import type { AudioTable, MovTables } from '../../src/media/mov/tables.ts';
import { probe } from '../../src/media/probe.ts';
import { append, frames, picture, stream } from '../support/prores-clip.ts';
import { ffmpeg, ffprobe, hasFfprobe } from '../support/tools.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'uprez-mov-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Noise with every byte value, so that a wrong byte order or a shifted sample shows. */
function sound(track: { channels: number; bitDepth: number }, samples: number): Buffer {
  const out = Buffer.alloc((samples * track.channels * track.bitDepth) / 8);
  for (let i = 0, state = 1; i < out.length; i++) {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    out[i] = state >> 16;
  }
  return out;
}

describe('the sound tracks', () => {
  const tracks = [
    { channels: 2, sampleRate: 48_000, bitDepth: 16, layout: 'L R', codec: 'pcm_s16le' },
    { channels: 1, sampleRate: 44_100, bitDepth: 24, layout: null, codec: 'pcm_s24le' },
    { channels: 2, sampleRate: 48_000, bitDepth: 24, layout: null, codec: 'pcm_s24le' },
    { channels: 6, sampleRate: 48_000, bitDepth: 24, layout: null, codec: 'pcm_s24le' },
    { channels: 6, sampleRate: 48_000, bitDepth: 16, layout: null, codec: 'pcm_s16le' },
    { channels: 2, sampleRate: 96_000, bitDepth: 24, layout: null, codec: 'pcm_s24le' },
  ] as const;

  test.each(tracks)('keep every sample: $channels x $bitDepth bits at $sampleRate Hz', async (track) => {
    const path = join(folder, `sound-${track.channels}-${track.bitDepth}-${track.sampleRate}.mov`);
    const { pcm, tables } = await withSound(path, [track]);
    const decoded = await ffmpeg('-i', path, '-map', '0:a:0', '-c', 'copy', '-f', track.codec.slice(4), '-');
    expect(decoded.equals(pcm[0]!)).toBe(true);
    if (!hasFfprobe) return;
    const sounds = (await ffprobe(path)).streams.filter((found) => found['codec_type'] === 'audio');
    expect(sounds).toHaveLength(tables.audio.length);
    expect(sounds[0]).toMatchObject({
      codec_name: track.codec,
      channels: track.channels,
      sample_rate: String(track.sampleRate),
      start_pts: 0,
      duration_ts: pcm[0]!.length / ((track.channels * track.bitDepth) / 8),
      bits_per_sample: track.bitDepth,
    });
  });

  test('lie side by side, each with its own samples', async () => {
    const path = join(folder, 'two-sounds.mov');
    const { pcm } = await withSound(path, [tracks[0], tracks[1]]);
    for (const [i, track] of [tracks[0], tracks[1]].entries()) {
      const decoded = await ffmpeg('-i', path, '-map', `0:a:${i}`, '-c', 'copy', '-f', track.codec.slice(4), '-');
      expect(decoded.equals(pcm[i]!)).toBe(true);
    }
  });

  test('are seen by the probe, with everything else', async () => {
    const path = join(folder, 'probed.mov');
    await withSound(path, [tracks[0], tracks[1]]);
    expect(await probe(path, { maxFileBytes: 1e9 })).toMatchObject({
      codec: 'prores',
      width: 192,
      height: 108,
      frameRate: { num: 25, den: 1 },
      timing: 'constant',
      frameCount: 12,
      chroma: '422',
      bitDepth: 10,
      alpha: false,
      scan: 'progressive',
      color: { primaries: 'bt709', transfer: 'bt709', matrix: 'bt709' },
      timecode: { text: '10:00:00:00', dropFrame: false },
      audio: [
        { codec: 'pcm', channels: 2, sampleRate: 48_000, bitDepth: 16 },
        { codec: 'pcm', channels: 1, sampleRate: 44_100, bitDepth: 24 },
      ],
    });
  });

  test('are refused when a chunk ends inside a sample', async () => {
    const writer = await createMov(join(folder, 'half-sample.mov'));
    const video = picture({ frames: await append(writer, [new Uint8Array(100)]) });
    const chunks = new SampleTable();
    chunks.add(await writer.appendAudio(new Uint8Array(7)));
    const audio = [{ channels: 2, sampleRate: 48_000, bitDepth: 16, layout: null, chunks }] as const;
    await expect(writer.finish({ video, timecode: null, audio })).rejects.toThrow('whole sample');
    await writer.close();
  });
});

describe('channels', () => {
  test.each([
    ['C', 1],
    ['L R', 2],
    ['L R LFE', 3],
    ['L R C', 3],
    ['L R Ls Rs', 4],
    ['L R C Cb', 4],
    ['L R Lb Rb', 4],
    ['L R C Ls Rs', 5],
    ['L R C Lb Rb', 5],
    ['L R C LFE Ls Rs', 6],
    ['L R C LFE Lb Rb', 6],
    ['L R Ls Rs C LFE', 6],
    ['L C R Ls Rs LFE', 6],
    ['C L R Ls Rs LFE', 6],
    ['L R C LFE Cb Ls Rs', 7],
    ['L R C LFE Lb Rb Ls Rs', 8],
    [null, 5],
  ] as const)('are where they belong: %s', async (layout, channels) => {
    const path = join(folder, `layout-${layout?.replaceAll(' ', '-') ?? 'none'}.mov`);
    for (const track of [
      { channels, sampleRate: 48_000, bitDepth: 24, layout },
      { channels, sampleRate: 96_000, bitDepth: 24, layout },
    ] as const) {
      await withSound(path, [track]);
      expect((await probe(path, { maxFileBytes: 1e9 })).audio).toMatchObject([{ channels, layout }]);
    }
  });
});

/** Picture and sound in turn, one audio chunk a frame and a shorter one at the end. */
async function withSound(
  path: string,
  kinds: readonly Omit<AudioTable, 'chunks'>[],
): Promise<{ pcm: Buffer[]; tables: MovTables }> {
  const writer = await createMov(path, { replace: true });
  const video = picture({ frames: new SampleTable() });
  const table = new SampleTable();
  const audio = kinds.map(({ channels, sampleRate, bitDepth, layout }) => ({
    channels,
    sampleRate,
    bitDepth,
    layout,
    chunks: new SampleTable(),
  }));
  const pcm = audio.map((track) => sound(track, track.sampleRate / 2 - 17));
  for (const [i, image] of (await frames(await stream())).entries()) {
    table.add(await writer.appendFrame(image));
    for (const [t, track] of audio.entries()) {
      const bytes = (track.sampleRate / 25) * ((track.channels * track.bitDepth) / 8);
      const chunk = pcm[t]!.subarray(i * bytes, i === 11 ? undefined : (i + 1) * bytes);
      track.chunks.add(await writer.appendAudio(chunk));
    }
  }
  const timecode = { startFrame: 900_000, frameRate: video.frameRate, dropFrame: false };
  const tables = { video: { ...video, frames: table }, timecode, audio };
  await writer.finish(tables);
  return { pcm, tables };
}
