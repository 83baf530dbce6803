import { basename } from 'node:path';
import { AppError } from '@uprez/shared';
import { openClip } from '../media/path-check.ts';

/** A table of colours (Adobe, "Cube LUT Specification 1.0", 2013). */
export interface Cube {
  kind: '1d' | '3d';
  /** Points along each axis. */
  size: number;
  /** Signals R', G', B' at the first and at the last point. */
  domain: { min: Rgb; max: Rgb };
  /** R', G', B' of each point; in three dimensions red changes fastest. */
  values: Float32Array;
}

export type Rgb = readonly [number, number, number];

/** Larger than any real table: 129 points along each axis, written at length. */
const MOST_BYTES = 80_000_000;
const limits = { '1d': { least: 2, most: 65_536 }, '3d': { least: 2, most: 256 } } as const;
/** What the specification allows is less; nobody needs more. */
const LONGEST_LINE = 250;

/** Reads a .cube file. Throws `input.*` where it can't be opened, and `look.bad-cube`, which says what is wrong in which line. */
export async function readCube(path: string): Promise<Cube> {
  const file = basename(path);
  const clip = await openClip(path);
  try {
    if (clip.sizeBytes > MOST_BYTES) throw new Mistake(1, `the file is larger than ${MOST_BYTES / 1e6} MB`);
    return parseCube(await clip.handle.readFile('utf8'));
  } catch (error) {
    if (!(error instanceof Mistake)) throw error;
    throw new AppError('look.bad-cube', { file, line: error.line, why: error.message });
  } finally {
    await clip.handle.close();
  }
}

/** What is wrong with a file, and in which of its lines. */
class Mistake extends Error {
  readonly line: number;

  constructor(line: number, why: string) {
    super(why);
    this.line = line;
  }
}

interface Header {
  kind?: Cube['kind'];
  size?: number;
  min: Rgb;
  max: Rgb;
}

function parseCube(text: string): Cube {
  const header: Header = { min: [0, 0, 0], max: [1, 1, 1] };
  const rows: number[] = [];
  const lines = text.split(/\r\n|\n|\r/);
  for (const [i, raw] of lines.entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    if (line.length > LONGEST_LINE) throw new Mistake(i + 1, `the line is longer than ${LONGEST_LINE} characters`);
    if (/^[+\-.\d]/.test(line)) rows.push(...pointAt(line, i + 1, { header, rows }));
    else keyword(line, i + 1, { header, rows });
  }
  return complete(header, rows, lines.length);
}

/** A row of the table: three numbers. */
function pointAt(line: string, number: number, { header, rows }: { header: Header; rows: readonly number[] }): Rgb {
  if (header.size === undefined)
    throw new Mistake(number, 'the table begins before LUT_1D_SIZE or LUT_3D_SIZE says its size');
  if (rows.length / 3 >= pointsOf(header))
    throw new Mistake(number, `the table has more than its ${pointsOf(header)} rows`);
  return three(line.split(/\s+/), number);
}

function keyword(line: string, number: number, { header, rows }: { header: Header; rows: readonly number[] }): void {
  const [word = '', ...values] = line.split(/\s+/);
  if (word === 'TITLE') return;
  if (rows.length > 0) throw new Mistake(number, `“${word}” stands within the table`);
  if (word === 'LUT_1D_SIZE' || word === 'LUT_3D_SIZE') return setSize(header, word, { values, number });
  if (word === 'DOMAIN_MIN') return void (header.min = three(values, number));
  if (word === 'DOMAIN_MAX') return void (header.max = three(values, number));
  // As DaVinci Resolve writes it.
  if (word === 'LUT_1D_INPUT_RANGE' || word === 'LUT_3D_INPUT_RANGE') {
    const [low, high] = numbers(values, 2, number) as [number, number];
    header.min = [low, low, low];
    header.max = [high, high, high];
    return;
  }
  throw new Mistake(number, `“${word.slice(0, 40)}” is no keyword of .cube files`);
}

function setSize(header: Header, word: string, { values, number }: { values: string[]; number: number }): void {
  if (header.size !== undefined)
    throw new Mistake(number, 'a second size; tables that are joined with another can’t be used');
  const kind = word === 'LUT_1D_SIZE' ? '1d' : '3d';
  const [size = 0] = numbers(values, 1, number);
  const { least, most } = limits[kind];
  if (!Number.isInteger(size) || size < least || size > most)
    throw new Mistake(number, `${word} is ${size}, and has to be a whole number from ${least} to ${most}`);
  header.kind = kind;
  header.size = size;
}

function complete({ kind, size, min, max }: Header, rows: readonly number[], lines: number): Cube {
  if (kind === undefined || size === undefined) throw new Mistake(lines, 'there is no LUT_1D_SIZE or LUT_3D_SIZE');
  const wanted = pointsOf({ kind, size });
  if (rows.length < wanted * 3) throw new Mistake(lines, `the table ends after ${rows.length / 3} of ${wanted} rows`);
  if (min.some((low, axis) => low >= (max[axis] ?? low)))
    throw new Mistake(lines, 'DOMAIN_MIN is not below DOMAIN_MAX');
  return { kind, size, domain: { min, max }, values: Float32Array.from(rows) };
}

function pointsOf({ kind, size = 0 }: Pick<Header, 'kind' | 'size'>): number {
  return kind === '3d' ? size ** 3 : size;
}

function three(values: readonly string[], number: number): Rgb {
  return numbers(values, 3, number) as unknown as Rgb;
}

function numbers(values: readonly string[], count: number, number: number): number[] {
  if (values.length !== count)
    throw new Mistake(number, `${count} numbers are wanted here, and ${values.length} are there`);
  return values.map((value) => {
    const read = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value) ? Number(value) : Number.NaN;
    if (!Number.isFinite(read)) throw new Mistake(number, `“${value.slice(0, 40)}” is not a number`);
    return read;
  });
}

/** A .cube file's text. `remarks` become comments at its beginning. */
export function cubeText({ kind, size, domain, values }: Cube, title: string, remarks: readonly string[]): string {
  const row = (rgb: Iterable<number>): string => [...rgb].map((value) => value.toFixed(7)).join(' ');
  const lines = [`TITLE "${title}"`, ...remarks.map((remark) => `# ${remark}`)];
  lines.push(
    `LUT_${kind.toUpperCase()}_SIZE ${size}`,
    `DOMAIN_MIN ${row(domain.min)}`,
    `DOMAIN_MAX ${row(domain.max)}`,
  );
  for (let i = 0; i < values.length; i += 3) lines.push(row(values.subarray(i, i + 3)));
  return `${lines.join('\n')}\n`;
}
