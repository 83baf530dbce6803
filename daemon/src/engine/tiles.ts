import type { Size } from '@uprez/shared';

/** Windows of one size that cover a frame, and the part of the result that each is good for. In luma samples. */
export interface TileLayout {
  /** Of every window. */
  size: Size;
  tiles: readonly Tile[];
}

export interface Tile {
  /** Left upper corner of the window. */
  x: number;
  y: number;
  /** What of the window is far enough from its edges, in samples of the frame; these parts cover it exactly once. */
  inner: { x: number; y: number; width: number; height: number };
}

export interface TileLimits {
  /** Samples that a window may have. */
  most: number;
  /** Sides that a window may have; null where any will do. */
  largest: Size | null;
  /** Samples beyond the inner part that its result depends on; Infinity for all of the frame, which then stays whole. */
  overlap: number;
  /** Windows start at multiples of this and are as much longer than a multiple of it as the frame is. */
  grid: number;
}

/** A stretch of one axis: where the window starts, and the inner part `from` (included) `to` (excluded). */
interface Stretch {
  start: number;
  from: number;
  to: number;
}

/**
 * As few windows as the limits allow, all inside the frame and as equal as they can be; the last ones are moved
 * inwards. One window where the frame is within the limits, and the smallest sensible ones where nothing is.
 */
export function tileLayout(frame: Size, limits: TileLimits): TileLayout {
  if (limits.overlap === Number.POSITIVE_INFINITY) return { size: frame, tiles: tilesOf(frame, frame, limits) };
  const parts = { columns: 1, rows: 1 };
  let size = windowSize(frame, parts, limits);
  for (let axis = tooLong(size, limits); axis; axis = tooLong(size, limits)) {
    parts[axis] += 1;
    const smaller = windowSize(frame, parts, limits);
    if (smaller.width === size.width && smaller.height === size.height) break;
    size = smaller;
  }
  return { size, tiles: tilesOf(frame, size, limits) };
}

/** What windows of this size have to be more of to be within the limits; undefined where they are. */
function tooLong({ width, height }: Size, { most, largest }: TileLimits): 'columns' | 'rows' | undefined {
  if (largest && width > largest.width) return 'columns';
  if (largest && height > largest.height) return 'rows';
  if (width * height <= most) return undefined;
  return width > height ? 'columns' : 'rows';
}

function windowSize({ width, height }: Size, parts: { columns: number; rows: number }, limits: TileLimits): Size {
  return {
    width: windowLength(width, parts.columns, limits),
    height: windowLength(height, parts.rows, limits),
  };
}

function tilesOf(frame: Size, size: Size, limits: TileLimits): Tile[] {
  const columns = stretches(frame.width, size.width, limits);
  const rows = stretches(frame.height, size.height, limits);
  return rows.flatMap((row) =>
    columns.map((column) => ({
      x: column.start,
      y: row.start,
      inner: { x: column.from, y: row.from, width: column.to - column.from, height: row.to - row.from },
    })),
  );
}

/** Overlap in whole steps of the grid. */
function margin({ overlap, grid }: Pick<TileLimits, 'overlap' | 'grid'>): number {
  return Math.ceil(overlap / grid) * grid;
}

/** Length of the windows when an axis is covered by so many parts: never so short that half of it would be margin. */
function windowLength(length: number, parts: number, limits: TileLimits): number {
  const { grid } = limits;
  const around = margin(limits);
  const share = Math.max((length + 2 * around * (parts - 1)) / parts, 4 * around + grid);
  // As long as the frame, or shorter by whole steps of the grid.
  return length - Math.max(0, Math.floor((length - share) / grid)) * grid;
}

function stretches(length: number, window: number, limits: TileLimits): Stretch[] {
  if (window >= length) return [{ start: 0, from: 0, to: length }];
  const around = margin(limits);
  const step = Math.floor((window - 2 * around) / limits.grid) * limits.grid;
  const count = 1 + Math.ceil((length - window) / step);
  return Array.from({ length: count }, (_, i) => ({
    start: Math.min(i * step, length - window),
    from: i === 0 ? 0 : i * step + around,
    to: i === count - 1 ? length : (i + 1) * step + around,
  }));
}
