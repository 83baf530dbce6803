import { readFile, writeFile } from 'node:fs/promises';
import { cached, ffmpeg } from './tools.ts';

/** A text under a name that promises something else. */
export function textFile(text: string, extension = '.mp4'): Promise<string> {
  return cached(['text', text], extension, (path) => writeFile(path, text));
}

/** The first part of a clip: a copy that was cut off. */
export function truncated(source: string, share: number, extension = '.mp4'): Promise<string> {
  return patched(source, { recipe: ['truncated', share], extension }, (bytes) =>
    bytes.subarray(0, Math.floor(bytes.length * share)),
  );
}

/** Sound alone, in a container that usually holds video. */
export function soundOnly(extension: string): Promise<string> {
  const args = ['-f', 'lavfi', '-i', 'sine=d=1', '-bitexact', '-y'];
  return cached(['sound', args], extension, (path) => ffmpeg(...args, path));
}

/** One picture. */
export function stillPicture(extension: string): Promise<string> {
  const args = ['-f', 'lavfi', '-i', 'testsrc2=s=64x64', '-frames:v', '1', '-update', '1', '-y'];
  return cached(['still', args], extension, (path) => ffmpeg(...args, path));
}

/** A playlist that would lead ffmpeg to another file, under the name of a clip. */
export const playlists: Readonly<Record<string, (target: string) => string>> = {
  hls: (target) => `#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile://${target}\n#EXT-X-ENDLIST\n`,
  ffconcat: (target) => `ffconcat version 1.0\nfile '${target}'\n`,
  concat: (target) => `file '${target}'\n`,
  dash: (target) => `<?xml version="1.0"?>\n<MPD><Period><BaseURL>file://${target}</BaseURL></Period></MPD>\n`,
  sdp: () => 'v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n',
};

/** MP4 whose only video entry carries a Dolby Vision configuration of a profile (Dolby's "dvcC" box). */
export function dolbyVision(source: string, profile: number): Promise<string> {
  return patched(source, { recipe: ['dolby', profile], extension: '.mp4' }, (bytes) => {
    const record = Buffer.alloc(24);
    record.set([1, 0, (profile << 1) | 0, (6 << 3) | 5, 0]); // version 1.0, profile, level 6, base layer and metadata
    const box = Buffer.concat([Buffer.from([0, 0, 0, 32]), Buffer.from('dvcC'), record]);
    const renamed = Buffer.from(bytes.toString('latin1').replace('hvc1\0\0\0\0', 'dvh1\0\0\0\0'), 'latin1');
    return insertInEntry(renamed, { path: ['moov', 'trak', 'mdia', 'minf', 'stbl', 'stsd', 'dvh1'], box });
  });
}

/** A clip with bytes replaced, to make the files that no encoder makes. */
export function patched(
  source: string,
  made: { recipe: unknown; extension: string },
  change: (bytes: Buffer) => Buffer,
): Promise<string> {
  return cached(['patched', source, made.recipe], made.extension, async (path) => {
    await writeFile(path, change(await readFile(source)));
  });
}

/** Adds a box at the end of nested atoms and makes each of them longer. Offsets stay right when 'moov' comes last. */
function insertInEntry(bytes: Buffer, { path, box }: { path: readonly string[]; box: Buffer }): Buffer {
  let at = 0;
  let end = 0;
  for (const type of path) {
    at = bytes.indexOf(type, at) - 4;
    const size = bytes.readUInt32BE(at);
    end = at + size;
    bytes.writeUInt32BE(size + box.length, at);
    at += 8;
  }
  return Buffer.concat([bytes.subarray(0, end), box, bytes.subarray(end)]);
}
