import type { FrameRate, Guid, PointF, TickTime } from '@adobe/premierepro';

/** Types that are callable on the instance in Adobe's declarations, without that part. */
type Methods<T> = { [K in keyof T]: T[K] };

const TICKS_PER_SECOND = 254_016_000_000n;

class Tick implements Methods<TickTime> {
  private readonly value: bigint;

  constructor(value: bigint) {
    this.value = value;
  }

  get ticks(): string {
    return String(this.value);
  }

  get ticksNumber(): number {
    return Number(this.value);
  }

  get seconds(): number {
    return Number(this.value) / Number(TICKS_PER_SECOND);
  }

  equals(other: TickTime): boolean {
    return other.ticks === this.ticks;
  }

  add(other: TickTime): TickTime {
    return tickTime(this.value + BigInt(other.ticks));
  }

  subtract(other: TickTime): TickTime {
    return tickTime(this.value - BigInt(other.ticks));
  }

  multiply(factor: number): TickTime {
    return tickTime(BigInt(Math.round(Number(this.value) * factor)));
  }

  divide(divisor: number): TickTime {
    return tickTime(BigInt(Math.round(Number(this.value) / divisor)));
  }

  alignToFrame({ ticksPerFrame }: FrameRate): TickTime {
    return tickTime((this.value / BigInt(ticksPerFrame)) * BigInt(ticksPerFrame));
  }

  alignToNearestFrame({ ticksPerFrame }: FrameRate): TickTime {
    const frame = BigInt(ticksPerFrame);
    return tickTime(((this.value + frame / 2n) / frame) * frame);
  }
}

export function tickTime(ticks: bigint | string): TickTime {
  return new Tick(BigInt(ticks)) as unknown as TickTime;
}

export function guid(text: string): Guid {
  return { toString: () => text } as unknown as Guid;
}

class Point {
  x: number;
  y: number;

  constructor(x = 0, y = 0) {
    this.x = x;
    this.y = y;
  }

  distanceTo({ x, y }: PointF): number {
    return Math.hypot(this.x - x, this.y - y);
  }
}

export const PointConstructor = Point as unknown as PointF;

export function snap(ticks: bigint, frame: bigint): bigint {
  return ((ticks + frame / 2n) / frame) * frame;
}
