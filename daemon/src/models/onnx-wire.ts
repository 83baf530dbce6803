import protobuf from 'protobufjs';

/** Memory that the structure of a model may take once it is read; real networks stay below a tenth of it. */
const MEMORY = 64e6;

/** Roughly what the reader allocates, in bytes: an object, an entry of an array, a number out of a packed row. */
const cost = { message: 200, entry: 16, packedByte: 16, textByte: 2 } as const;

/** Wire types (protobuf.dev/programming-guides/encoding). */
const wire = { varint: 0, bytes: 2, fixed32: 5 } as const;

/**
 * Walks over an encoded message without reading it: every length must lie within its message, every known field must
 * have the form its type has, and all of it together must not take more memory than a network needs. A few bytes can
 * claim to be a million nodes. Payloads (`bytes`) cost nothing, they stay where they are. Throws an Error.
 */
export function checkWire(bytes: Uint8Array, type: protobuf.Type): void {
  const reader = protobuf.Reader.create(bytes);
  walk(reader, type, { end: reader.len, left: { bytes: MEMORY } });
}

interface Limits {
  end: number;
  left: { bytes: number };
}

function walk(reader: protobuf.Reader, type: protobuf.Type, { end, left }: Limits): void {
  while (reader.pos < end) {
    const tag = reader.uint32();
    const field = type.fieldsById[tag >>> 3];
    if (!field) reader.skipType(tag & 7);
    else left.bytes -= value(reader, field, { wireType: tag & 7, limits: { end, left } });
    if (left.bytes < 0) throw new Error('it has more parts than a network needs');
  }
  if (reader.pos > end) throw new Error(`a part of ${type.name} is cut off`);
}

/** Steps over one value and says what it costs. */
function value(reader: protobuf.Reader, field: protobuf.Field, at: { wireType: number; limits: Limits }): number {
  const { wireType, limits } = at;
  const packable = wireOf(field.type) !== wire.bytes;
  if (wireType !== wireOf(field.type) && !(packable && field.repeated && wireType === wire.bytes))
    throw new Error(`${field.name} is written in another form`);
  if (wireType !== wire.bytes) {
    reader.skipType(wireType);
    return cost.entry;
  }
  const length = reader.uint32();
  const end = reader.pos + length;
  if (end > limits.end) throw new Error(`${field.name} is cut off`);
  if (field.resolve().resolvedType instanceof protobuf.Type) {
    walk(reader, field.resolvedType as protobuf.Type, { ...limits, end });
    return cost.message;
  }
  reader.pos = end;
  return cost.entry + length * costOfByte(field.type);
}

function costOfByte(type: string): number {
  if (type === 'bytes') return 0;
  return type === 'string' ? cost.textByte : cost.packedByte;
}

function wireOf(type: string): number {
  if (type === 'int32' || type === 'int64') return wire.varint;
  return type === 'float' ? wire.fixed32 : wire.bytes;
}
