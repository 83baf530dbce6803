/** MP4 files that no encoder makes, by name: boxes that lie about sizes, counts, places and pictures. */
export function monsters(good: Buffer): [string, Buffer][] {
  const changes: [string, (bytes: Buffer) => Buffer][] = [
    ['zero-box', (bytes) => patch32(bytes, { box: 'moov', at: -4, value: 0 })],
    ['one-box', (bytes) => patch32(bytes, { box: 'moov', at: -4, value: 1 })],
    ['huge-box', (bytes) => patch32(bytes, { box: 'moov', at: -4, value: 0xffffffff })],
    ['huge-mdat', (bytes) => patch32(bytes, { box: 'mdat', at: -4, value: 0x7fffffff })],
    ['no-moov', (bytes) => renamed(bytes, 'moov', 'free')],
    ['no-mdat', (bytes) => renamed(bytes, 'mdat', 'free')],
    ['no-video', (bytes) => renamed(bytes, 'vide', 'soun')],
    ['huge-picture', (bytes) => patch32(bytes, { box: 'avc1', at: 28, value: 0xfffffffe })],
    ['no-picture', (bytes) => patch32(bytes, { box: 'avc1', at: 28, value: 0 })],
    ['thin-picture', (bytes) => patch32(bytes, { box: 'avc1', at: 28, value: 0x0001ffff })],
    ['no-time', (bytes) => patch32(bytes, { box: 'mdhd', at: 16, value: 0 })],
    ['endless', (bytes) => patch32(bytes, { box: 'mdhd', at: 20, value: 0xffffffff })],
    ['many-samples', (bytes) => patch32(bytes, { box: 'stsz', at: 12, value: 0xffffffff })],
    ['a-billion-frames', (bytes) => patch32(bytes, { box: 'stts', at: 12, value: 1_000_000_000 })],
    ['no-step', (bytes) => patch32(bytes, { box: 'stts', at: 16, value: 0 })],
    ['steps-back', (bytes) => patch32(bytes, { box: 'stts', at: 16, value: 0x80000000 })],
    ['many-steps', (bytes) => patch32(bytes, { box: 'stts', at: 8, value: 0x0fffffff })],
    ['many-chunks', (bytes) => patch32(bytes, { box: 'stco', at: 8, value: 0x0fffffff })],
    ['chunk-nowhere', (bytes) => patch32(bytes, { box: 'stco', at: 12, value: 0xfffffff0 })],
    ['chunk-in-the-header', (bytes) => patch32(bytes, { box: 'stco', at: 12, value: 0 })],
    ['many-entries', (bytes) => patch32(bytes, { box: 'stsd', at: 8, value: 0x00ffffff })],
    ['other-codec', (bytes) => renamed(bytes, 'avc1', 'xxxx')],
    ['encrypted', (bytes) => renamed(bytes, 'avc1', 'encv')],
    ['parameters-cut', (bytes) => patch32(bytes, { box: 'avcC', at: -4, value: 9 })],
    ['edit-nowhere', (bytes) => patch32(bytes, { box: 'elst', at: 16, value: 0x7fffffff })],
    ['edit-back', (bytes) => patch32(bytes, { box: 'elst', at: 16, value: 0xffffffff })],
    ['elsewhere', (bytes) => patch32(bytes, { box: 'url ', at: 4, value: 0 })],
    ['deep', () => nested(20_000)],
    [
      'many-boxes',
      () => Buffer.concat([fileType, ...Array.from({ length: 100_000 }, () => box('free', Buffer.alloc(0)))]),
    ],
    ['many-tracks', (bytes) => manyTracks(bytes, 3000)],
    ['no-body', (bytes) => bytes.subarray(0, 40)],
  ];
  return changes.map(([name, change]) => [name, change(Buffer.from(good))]);
}

interface Patch {
  box: string;
  /** From the box's content; its size lies at -4 - 4 … hence -4 is the size before the name. */
  at: number;
  value: number;
}

/** Writes a number at a place of the first box of that name, counted from behind the name; -4 is the box's size. */
function patch32(bytes: Buffer, { box: name, at, value }: Patch): Buffer {
  const found = bytes.indexOf(name, 0, 'latin1');
  if (found < 0) return bytes;
  const place = at < 0 ? found + at : found + at;
  if (place + 4 <= bytes.length) bytes.writeUInt32BE(value, place);
  return bytes;
}

function renamed(bytes: Buffer, from: string, to: string): Buffer {
  return Buffer.from(bytes.toString('latin1').replaceAll(from, to), 'latin1');
}

const fileType = box('ftyp', Buffer.from('isom\0\0\0\0isom', 'latin1'));

function box(name: string, content: Buffer): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32BE(8 + content.length);
  return Buffer.concat([size, Buffer.from(name, 'latin1'), content]);
}

/** A box in a box in a box. */
function nested(depth: number): Buffer {
  const head = Buffer.alloc(8 * depth);
  for (let i = 0; i < depth; i++) {
    head.writeUInt32BE(8 * (depth - i), 8 * i);
    head.write(i === 0 ? 'moov' : 'trak', 8 * i + 4, 'latin1');
  }
  return Buffer.concat([fileType, head]);
}

/** The same track again and again; they all say that they are number one. */
function manyTracks(bytes: Buffer, count: number): Buffer {
  const moov = bytes.indexOf('moov', 0, 'latin1') - 4;
  const trak = bytes.indexOf('trak', 0, 'latin1') - 4;
  if (moov < 0 || trak < 0) return bytes;
  const track = bytes.subarray(trak, trak + bytes.readUInt32BE(trak));
  const head = Buffer.from(bytes.subarray(moov, trak));
  const rest = bytes.subarray(trak, moov + bytes.readUInt32BE(moov));
  head.writeUInt32BE(head.length + track.length * count + rest.length, 0);
  return Buffer.concat([bytes.subarray(0, moov), head, ...Array.from({ length: count }, () => track), rest]);
}
