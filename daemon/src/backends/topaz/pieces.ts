import { type FileHandle, open } from 'node:fs/promises';

/** A stretch of a file, in bytes. */
export interface Stretch {
  path: string;
  start: number;
  length: number;
}

/** Larger than what a socket takes before it wants to be waited for, so that the sender asks for no piece too early. */
const PIECE_BYTES = 256 * 1024;

/**
 * A stretch of a file, piece by piece in one buffer: a piece is good until the next one is asked for, which `onTaken` hears
 * of. However long the stretch is, this takes no more memory, and leaves none behind to be collected. Throws where the file
 * ends too early.
 */
export async function* piecesOf(
  { path, start, length }: Stretch,
  onTaken: (bytes: number) => void = () => undefined,
): AsyncGenerator<Uint8Array, void, void> {
  const file = await open(path);
  try {
    const buffer = Buffer.allocUnsafeSlow(Math.min(PIECE_BYTES, length));
    for (let at = 0; at < length; at += buffer.length) {
      const piece = buffer.subarray(0, Math.min(buffer.length, length - at));
      await fill(piece, file, start + at);
      yield piece;
      onTaken(at + piece.length);
    }
  } finally {
    await file.close();
  }
}

async function fill(piece: Uint8Array, file: FileHandle, position: number): Promise<void> {
  for (let filled = 0; filled < piece.length;) {
    const { bytesRead } = await file.read(piece, filled, piece.length - filled, position + filled);
    if (bytesRead === 0) throw new Error('the file has become shorter');
    filled += bytesRead;
  }
}
