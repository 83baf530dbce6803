import { readFile } from 'node:fs/promises';
import type { MovWriter } from '../../src/media/mov/mov-writer.ts';
import { ProresSplitter } from '../../src/media/mov/prores-stream.ts';
import { SampleTable } from '../../src/media/mov/sample-table.ts';
import type { VideoTable } from '../../src/media/mov/tables.ts';
import { cached, ffmpeg } from './tools.ts';

const BT709 = { primaries: 1, transfer: 1, matrix: 1 };
const LIMITS = { maxFrameBytes: 16 * 1024 * 1024 };

/** How the engine's encoder is set up. */
export const ENCODER = ['-c:v', 'prores_ks', '-profile:v', '3', '-qscale:v', '4', '-vendor', 'apl0'];

/** Input and filters of twelve test pictures with colour tags, by default BT.709. */
export function source(color: readonly string[] = ['bt709', 'bt709', 'bt709']): string[] {
  const [primaries, transfer, matrix] = color;
  // the frame headers carry the tags too, and a decoder believes them before the container
  const tags = `setparams=range=tv:color_primaries=${primaries}:color_trc=${transfer}:colorspace=${matrix}`;
  const filters = `format=yuv422p10le,${tags}`;
  return ['-f', 'lavfi', '-i', 'testsrc2=s=192x108:r=25', '-frames:v', '12', '-vf', filters];
}

/** Their ProRes stream, as the encoder's pipe delivers it. */
export function stream(color?: readonly string[]): Promise<string> {
  const args = [...source(color), ...ENCODER, '-f', 'rawvideo'];
  return cached(['prores', args], '.prores', (path) => ffmpeg(...args, path));
}

/** Its frames. */
export async function frames(path: string): Promise<Uint8Array[]> {
  const splitter = new ProresSplitter(LIMITS);
  const found = splitter.push(await readFile(path));
  splitter.end();
  return found.map((frame) => Buffer.concat(frame.parts));
}

/** A video table that fits them. */
export function picture(options: Partial<VideoTable>): VideoTable {
  const size = { width: 192, height: 108, sampleAspect: { num: 1, den: 1 }, profile: 'hq' } as const;
  return { ...size, frameRate: { num: 25, den: 1 }, color: BT709, hdr: null, frames: new SampleTable(), ...options };
}

/** Appends frames one by one. */
export async function append(writer: MovWriter, images: readonly Uint8Array[]): Promise<SampleTable> {
  const table = new SampleTable();
  for (const image of images) table.add(await writer.appendFrame(image));
  return table;
}
