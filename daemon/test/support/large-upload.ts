import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { openKeyStore } from '../../src/key-store.ts';
import { createMov, MOV_SAMPLES_START } from '../../src/media/mov/mov-writer.ts';
import { smallHeap } from '../../src/small-heap.ts';
import { SampleTable } from '../../src/media/mov/sample-table.ts';
import { childScript, kill, untilReady } from './child-script.ts';
import { connectLocal } from './clients.ts';
import { untilDecided } from './cloud.ts';
import { brokenKeychain } from './keychains.ts';
import { peakMemoryOf } from './processes.ts';
import { frames as framesOf, picture, stream } from './prores-clip.ts';
import { type TempDir, tempDir } from './temp-dir.ts';
import { startTopazEmulator } from './topaz/emulator.ts';
import { type PartRules, partRules } from './topaz/parts.ts';

/** A frame of the large clip; no part of an upload begins where a frame does. */
const FRAME_BYTES = 2_600_003;
const FILLER_SEED = 1;

export interface LargeUpload {
  /** Of the clip that goes up. */
  clipBytes: number;
  /** Peak resident memory of the daemon in bytes: when it had started, and when the upload was done. */
  memory: { before: number; after: number };
  /** Sizes of the parts that arrived, in order. */
  partBytes: number[];
  /** Numbers of the parts whose bytes are not those of the clip. */
  wrongParts: number[];
  /** Largest body of a call to the API. */
  largestBody: number;
}

/**
 * A daemon in a process of its own extracts a clip of so many bytes and uploads it to a storage that keeps nothing but
 * digests. The request fails there afterwards: there is nothing to be enhanced.
 */
export async function uploadLarge(clipBytes: number, rules: Partial<PartRules> = {}): Promise<LargeUpload> {
  using folder = tempDir();
  await using emulator = await startTopazEmulator({ keepParts: false, partRules: rules, credits: 10_000 });
  emulator.fate = { fail: { at: 'preprocessing', errorCode: 'PROCESSING_FAILURE' } };
  mkdirSync(folder.file('data'));
  await openKeyStore(folder.file('data', 'keys.json'), brokenKeychain()).write('topaz', emulator.key);
  const source = folder.file('large.mov');
  await writeLarge(source, Math.ceil(clipBytes / FRAME_BYTES));
  const { segmentBytes } = { ...partRules, ...rules };
  const options = JSON.stringify({ dataDir: folder.file('data'), baseUrl: emulator.url, segmentBytes });
  using script = await childScript(
    `import { runCloudChild } from './cloud-child.ts'; await runCloudChild(${options});`,
  );
  const daemon = script.start(...smallHeap);
  try {
    await untilReady(daemon);
    const client = await connectLocal(folder.file('data', 'endpoint.json'));
    const before = peakMemoryOf(daemon.pid!);
    await client.call('changeSettings', { spendPerJob: 10_000, spendPerDay: 10_000 });
    const [job] = await client.call('addJobs', { jobs: [{ task: { source, backend: 'topaz', model: 'prob-4' } }] });
    const ended = await untilDecided(client, job!.id);
    if (ended.error?.code !== 'cloud.processing-failed') throw new Error(`not uploaded: ${ended.error?.message}`);
    const memory = { before, after: peakMemoryOf(daemon.pid!) };
    client.close();
    return { memory, ...(await whatArrived(folder, emulator)) };
  } finally {
    await kill([daemon]);
  }
}

async function whatArrived(
  folder: TempDir,
  { journal }: Awaited<ReturnType<typeof startTopazEmulator>>,
): Promise<Omit<LargeUpload, 'memory'>> {
  const clip = readdirSync(folder.file('data', 'work')).find((name) => name.endsWith('.clip.mov')) ?? '';
  const parts = journal.of('upload').toSorted((a, b) => (a.part ?? 0) - (b.part ?? 0));
  const partBytes = parts.map(({ bodyBytes }) => bodyBytes);
  const digests = await digestsOf(folder.file('data', 'work', clip), partBytes);
  const bodies = journal.entries.filter(({ host }) => host === 'api').map(({ bodyBytes }) => bodyBytes);
  return {
    clipBytes: partBytes.reduce((sum, bytes) => sum + bytes, 0),
    partBytes,
    wrongParts: parts.filter(({ md5, part }, i) => md5 !== digests[i] || part !== i + 1).map(({ part }) => part ?? 0),
    largestBody: Math.max(...bodies),
  };
}

/** A clip whose frames are few on the disk: its table points at the same three again and again. A copy has them all. */
async function writeLarge(path: string, count: number): Promise<void> {
  const mov = await createMov(path);
  const images = (await framesOf(await stream())).slice(0, 3).map(padded);
  for (const image of images) await mov.appendFrame(image);
  const frames = new SampleTable();
  for (let i = 0; i < count; i++)
    frames.add({ offset: MOV_SAMPLES_START + (i % images.length) * FRAME_BYTES, sizeBytes: FRAME_BYTES });
  await mov.finish({ video: picture({ frames }), timecode: null, audio: [] });
}

/** A ProRes frame may be longer than its picture: a decoder reads what its headers say, and not what follows. */
function padded(image: Uint8Array, index: number): Uint8Array {
  const frame = Buffer.alloc(FRAME_BYTES);
  // Noise, so that a part in the wrong place would have another digest.
  for (let i = image.length, state = FILLER_SEED + index; i < FRAME_BYTES; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    frame[i] = state >>> 24;
  }
  frame.set(image);
  frame.writeUInt32BE(FRAME_BYTES, 0);
  return frame;
}

/** MD5 of one stretch after the other, the whole file being read once. */
async function digestsOf(path: string, lengths: readonly number[]): Promise<string[]> {
  const file = await open(path);
  const buffer = Buffer.alloc(1 << 20);
  const digests: string[] = [];
  for (const length of lengths) {
    const hash = createHash('md5');
    for (let left = length; left > 0;) {
      const { bytesRead } = await file.read(buffer, 0, Math.min(left, buffer.length));
      if (bytesRead === 0) break;
      hash.update(buffer.subarray(0, bytesRead));
      left -= bytesRead;
    }
    digests.push(hash.digest('hex'));
  }
  const { size } = await file.stat();
  await file.close();
  if (size !== lengths.reduce((sum, length) => sum + length, 0)) throw new Error('parts don’t add up to the clip');
  return digests;
}
