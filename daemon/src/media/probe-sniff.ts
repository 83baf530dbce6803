/** Containers that are opened, by the names of ffmpeg's demuxers. */
export type Container = 'mov' | 'matroska' | 'avi' | 'mxf' | 'mpegts' | 'mpeg';

/** What the first bytes of a file show: a container on the list, sound, or the reason why it is neither. */
export type Sniffed = { container: Container } | { sound: true } | { why: string };

/** Enough for the run-in that MXF allows before its first key (SMPTE ST 377-1, 6.5). */
export const SNIFF_BYTES = 65_536;

/** Types of the first atom in QuickTime and ISO base media files. */
const FIRST_ATOMS = ['ftyp', 'moov', 'mdat', 'wide', 'free', 'skip', 'pnot', 'styp', 'moof', 'sidx'];
/** Brands of ISO base media files that hold pictures, not video. */
const STILL_BRANDS = ['heic', 'heix', 'mif1', 'avif', 'heim', 'heis'];
/** First bytes of the header partition pack (SMPTE ST 377-1). */
const MXF_KEY = Buffer.from('060e2b34020501010d010201', 'hex');
const TS_PACKET = 188;
/** M2TS puts four bytes of time code before every packet. */
const M2TS_PACKET = 192;

/**
 * Says what a file is from its content, whatever its name claims. Nothing else is read, so a playlist that points to
 * another file never gets that far.
 */
export function sniff(start: Buffer): Sniffed {
  const container = containerOf(start);
  if (container) return isStill(start) ? { why: 'a still picture' } : { container };
  if (isSound(start)) return { sound: true };
  return { why: known(start) ?? textKind(start) ?? 'its content is not that of a known video format' };
}

function containerOf(start: Buffer): Container | undefined {
  if (FIRST_ATOMS.includes(start.toString('latin1', 4, 8))) return 'mov';
  if (start.subarray(0, 4).equals(Buffer.from('1a45dfa3', 'hex'))) return 'matroska';
  if (riffType(start) === 'AVI ') return 'avi';
  if (start.indexOf(MXF_KEY) >= 0) return 'mxf';
  if (isPacketed(start, { first: 0, step: TS_PACKET }) || isPacketed(start, { first: 4, step: M2TS_PACKET })) {
    return 'mpegts';
  }
  return start.subarray(0, 4).equals(Buffer.from('000001ba', 'hex')) ? 'mpeg' : undefined;
}

/** Five packets in a row start with the sync byte (ISO/IEC 13818-1). */
function isPacketed(start: Buffer, { first, step }: { first: number; step: number }): boolean {
  return [0, 1, 2, 3, 4].every((i) => start[first + i * step] === 0x47);
}

function riffType(start: Buffer): string | undefined {
  return start.toString('latin1', 0, 4) === 'RIFF' ? start.toString('latin1', 8, 12) : undefined;
}

function isStill(start: Buffer): boolean {
  return start.toString('latin1', 4, 8) === 'ftyp' && STILL_BRANDS.includes(start.toString('latin1', 8, 12));
}

function isSound(start: Buffer): boolean {
  const mark = start.toString('latin1', 0, 4);
  if (riffType(start) === 'WAVE' || ['fLaC', 'FORM', 'caff', 'RF64'].includes(mark) || mark.startsWith('ID3'))
    return true;
  // MPEG audio and ADTS: eleven or twelve sync bits; FF FE would be UTF-16
  return start[0] === 0xff && ((start[1] ?? 0) & 0xe0) === 0xe0 && (start[1] ?? 0) < 0xfe;
}

/** Files that people do try, by their first bytes. */
const marks: readonly [string, string][] = [
  ['GIF8', 'an animated picture (GIF)'],
  ['\x89PNG', 'a still picture'],
  ['\xff\xd8\xff', 'a still picture'],
  ['BM', 'a still picture'],
  ['II*\0', 'a still picture'],
  ['MM\0*', 'a still picture'],
  ['SDPX', 'a still picture'],
  ['XPDS', 'a still picture'],
  ['v/1\x01', 'a still picture'],
  ['\x30\x26\xb2\x75', 'a Windows Media file'],
  ['FLV', 'a Flash video'],
  ['OggS', 'an Ogg file'],
  ['\x1f\x8b', 'a compressed archive'],
  ['PK', 'a compressed archive'],
  ['Rar!', 'a compressed archive'],
  ['7z\xbc\xaf', 'a compressed archive'],
  ['%PDF', 'a PDF document'],
  ['\x7fELF', 'a program'],
  ['MZ', 'a program'],
];

function known(start: Buffer): string | undefined {
  if (riffType(start) === 'WEBP') return 'a still picture';
  const text = start.toString('latin1', 0, 8);
  return marks.find(([mark]) => text.startsWith(mark))?.[1];
}

function textKind(start: Buffer): string | undefined {
  const text = start
    .toString('utf8', 0, 4096)
    .replace(/^\ufeff/, '')
    .trimStart();
  if (text.startsWith('#EXTM3U')) return 'an HLS playlist that points to other files';
  if (text.startsWith('ffconcat') || /^file\s+['"]?\S/m.test(text)) return 'a list of other files for ffmpeg';
  if (/<MPD[\s>]/.test(text)) return 'a DASH playlist that points to other files';
  if (/^v=0\r?\no=/.test(text)) return 'an SDP stream description';
  if (text.startsWith('[playlist]')) return 'a playlist that points to other files';
  if (/^<\?xml|^<[a-z!]/i.test(text)) return 'an XML or web page';
  // eslint-disable-next-line no-control-regex -- what text does not contain
  return /[\u0000-\u0008\u000e-\u001f\ufffd]/.test(text) ? undefined : 'a text file';
}
