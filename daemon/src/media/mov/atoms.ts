/**
 * Building blocks of a QuickTime movie ("QuickTime File Format Specification", Apple, 2016). An atom is a list of byte
 * runs instead of one buffer, so that nesting atoms never copies a sample table.
 */
export type Bytes = readonly Uint8Array[];

/** An atom: size (its own 8 header bytes included), four-character type, content. All numbers are big-endian. */
export function atom(type: string, ...content: readonly (Uint8Array | Bytes)[]): Bytes {
  const parts = content.flatMap((part) => (part instanceof Uint8Array ? [part] : part));
  return [bytes(u32(8 + byteLength(parts)), ascii(type)), ...parts];
}

/** An atom whose content starts with a version byte and 24 bits of flags. */
export function fullAtom(
  type: string,
  head: { version?: number; flags?: number },
  ...content: readonly (Uint8Array | Bytes)[]
): Bytes {
  return atom(type, u32(((head.version ?? 0) << 24) | (head.flags ?? 0)), ...content);
}

export function byteLength(parts: Bytes): number {
  return parts.reduce((sum, part) => sum + part.byteLength, 0);
}

export function bytes(...parts: Bytes): Uint8Array {
  return Buffer.concat(parts);
}

export function u8(...values: readonly number[]): Uint8Array {
  return Uint8Array.from(values);
}

export function u16(...values: readonly number[]): Uint8Array {
  const out = Buffer.alloc(values.length * 2);
  for (const [i, value] of values.entries()) out.writeUInt16BE(value & 0xffff, i * 2);
  return out;
}

export function u32(...values: readonly number[]): Uint8Array {
  return u32Table(values);
}

export function u64(...values: readonly number[]): Uint8Array {
  return u64Table(values);
}

/** Signed or unsigned 32-bit numbers, one after another. */
export function u32Table(values: ArrayLike<number>): Uint8Array {
  const out = Buffer.allocUnsafe(values.length * 4);
  for (let i = 0; i < values.length; i++) out.writeUInt32BE(values[i]! >>> 0, i * 4);
  return out;
}

/** 64-bit numbers, exact up to 2^53. */
export function u64Table(values: ArrayLike<number>): Uint8Array {
  const out = Buffer.allocUnsafe(values.length * 8);
  for (let i = 0; i < values.length; i++) {
    out.writeUInt32BE(Math.floor(values[i]! / 2 ** 32), i * 8);
    out.writeUInt32BE(values[i]! % 2 ** 32, i * 8 + 4);
  }
  return out;
}

/** 16.16 fixed-point number. */
export function fixed(value: number): Uint8Array {
  return u32(Math.round(value * 65536));
}

export function float64(value: number): Uint8Array {
  const out = Buffer.alloc(8);
  out.writeDoubleBE(value);
  return out;
}

export function ascii(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}

/** A length byte and the text, filled with zeros up to `fieldBytes` where one is given. */
export function pascal(text: string, fieldBytes = text.length + 1): Uint8Array {
  const out = Buffer.alloc(fieldBytes);
  out.writeUInt8(out.write(text, 1, 'latin1'), 0);
  return out;
}

export function zeros(count: number): Uint8Array {
  return new Uint8Array(count);
}
