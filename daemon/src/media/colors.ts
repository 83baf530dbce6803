import type { ColorTags, Size, YuvMatrix } from '@uprez/shared';

/**
 * ProRes frame headers and QuickTime's `colr` atom know few values (SMPTE RDD 36 tables 4–6; Apple TN2162). Source tags
 * map to the one with the same numbers: the curves of BT.601, BT.709 and BT.2020 (SDR) are one curve, and the matrix
 * that H.273 lists as 5 (BT.470 System B/G) and 6 (SMPTE 170M) is one matrix.
 */
const primaries: Record<string, string> = {
  bt709: 'bt709',
  bt470bg: 'bt470bg',
  smpte170m: 'smpte170m',
  smpte240m: 'smpte170m',
  bt2020: 'bt2020',
  smpte431: 'smpte431',
  smpte432: 'smpte432',
};
const transfers: Record<string, string> = {
  bt709: 'bt709',
  smpte170m: 'bt709',
  'bt2020-10': 'bt709',
  'bt2020-12': 'bt709',
  smpte2084: 'smpte2084',
  'arib-std-b67': 'arib-std-b67',
};
const matrices: Record<string, string> = {
  bt709: 'bt709',
  bt470bg: 'smpte170m',
  smpte170m: 'smpte170m',
  bt2020nc: 'bt2020nc',
};

/** Code points of ITU-T H.273; 2 is "unspecified". */
const numbers: Record<string, number> = {
  bt709: 1,
  unknown: 2,
  bt470bg: 5,
  smpte170m: 6,
  bt2020: 9,
  bt2020nc: 9,
  smpte431: 11,
  smpte432: 12,
  smpte2084: 16,
  'arib-std-b67': 18,
};

/** Colour tags of a finished file, by ffmpeg's names. A part is `unknown` only where the source names other parts. */
export interface OutputColor {
  primaries: string;
  transfer: string;
  matrix: string;
}

/**
 * What the output is tagged with. A source that says nothing is what editors take it for: BT.709 at HD sizes, BT.601 at
 * SD sizes. A source that says something is believed, and nothing is added. RGB is converted to BT.709 when decoded.
 */
export function outputColor(color: ColorTags, size: Size): OutputColor {
  const rgb = color.matrix === 'gbr';
  const named = {
    primaries: primaries[color.primaries] ?? (rgb ? 'bt709' : 'unknown'),
    transfer: transfers[color.transfer] ?? (rgb ? 'bt709' : 'unknown'),
    matrix: matrices[color.matrix] ?? (rgb ? 'bt709' : 'unknown'),
  };
  const silent = Object.values(named).every((tag) => tag === 'unknown');
  return silent ? assumed(size) : named;
}

/** Parts of a source's tags that ProRes and QuickTime have no word for, by ffmpeg's names. */
export function unsayable(color: ColorTags): Partial<Record<'primaries' | 'transfer' | 'matrix', string>> {
  const lost = (tag: string, known: Record<string, string>): boolean => tag !== 'unknown' && !known[tag];
  return {
    ...(lost(color.primaries, primaries) ? { primaries: color.primaries } : {}),
    ...(lost(color.transfer, transfers) ? { transfer: color.transfer } : {}),
    ...(color.matrix !== 'gbr' && lost(color.matrix, matrices) ? { matrix: color.matrix } : {}),
  };
}

/** Perceptual quantisation or hybrid log-gamma (ITU-R BT.2100). */
export function isHdr({ transfer }: Pick<ColorTags, 'transfer'>): boolean {
  return transfer === 'smpte2084' || transfer === 'arib-std-b67';
}

/** What a source that says nothing is taken for; null where it says something. */
export function assumedStandard(color: ColorTags, size: Size): 'Rec. 709' | 'Rec. 601' | null {
  const named = [color.primaries, color.transfer, color.matrix].some((tag) => tag !== 'unknown');
  if (named) return null;
  return assumed(size).matrix === 'bt709' ? 'Rec. 709' : 'Rec. 601';
}

/**
 * The matrix a source's codes were made with. Where it names no matrix or one that is not told apart here, its primaries
 * tell, and then its size, as editors take it.
 */
export function pictureMatrix(color: ColorTags, size: Size): YuvMatrix {
  const { matrix, primaries: named } = outputColor(color, size);
  const known = matrixNumbers[matrix] ?? matrixNumbers[named];
  return known ?? matrixNumbers[assumed(size).matrix] ?? '709';
}

/** By ffmpeg's names of matrices, and of the primaries that come with them. */
const matrixNumbers: Record<string, YuvMatrix> = {
  bt709: '709',
  smpte170m: '601',
  bt470bg: '601',
  bt2020nc: '2020',
  bt2020: '2020',
};

function assumed({ width, height }: Size): OutputColor {
  const [long, short] = width > height ? [width, height] : [height, width];
  if (short >= 720 || long >= 1280) return { primaries: 'bt709', transfer: 'bt709', matrix: 'bt709' };
  return { primaries: short === 576 ? 'bt470bg' : 'smpte170m', transfer: 'bt709', matrix: 'smpte170m' };
}

/** ffmpeg's names of the numbers in a file, "unknown" for those that are none of ours. */
export function colorNames(codes: { primaries: number; transfer: number; matrix: number }): OutputColor {
  const name = (code: number, known: Record<string, string>): string =>
    Object.values(known).find((tag) => numbers[tag] === code) ?? 'unknown';
  return {
    primaries: name(codes.primaries, primaries),
    transfer: name(codes.transfer, transfers),
    matrix: name(codes.matrix, matrices),
  };
}

/** The three numbers of the `colr` atom. */
export function codePoints(color: OutputColor): { primaries: number; transfer: number; matrix: number } {
  return {
    primaries: numbers[color.primaries] ?? 2,
    transfer: numbers[color.transfer] ?? 2,
    matrix: numbers[color.matrix] ?? 2,
  };
}
