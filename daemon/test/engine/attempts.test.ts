import type { Way } from '@uprez/shared';
import { describe, expect, test } from 'vitest';
import { type Attempt, nextAttempt } from '../../src/engine/attempts.ts';

const gpu: Way = { provider: 'webgpu', precision: 'fp16' };
const cpu: Way = { provider: 'cpu', precision: 'fp32' };
const ways = [gpu, cpu];
const rules = { ways, whole: 1000 * 1000, fresh: () => 5_000_000 };
const first: Attempt = { way: gpu, most: 5_000_000, halvings: 0 };
const onCpu: Attempt = { way: cpu, most: 5_000_000, halvings: 0 };

describe('after a failure', () => {
  test('for want of memory the tiles are halved, down to the smallest that make sense, and then the way is left', () => {
    const sizes: number[] = [];
    let attempt: Attempt | undefined = first;
    while (attempt?.way === gpu) {
      attempt = nextAttempt(attempt, 'memory', rules);
      sizes.push(attempt?.most ?? 0);
    }
    expect(sizes).toEqual([500_000, 250_000, 125_000, 62_500, 31_250, 5_000_000]);
    expect(attempt).toEqual(onCpu);
  });

  test('of a run on a device, half the tile is tried once', () => {
    const half = nextAttempt(first, 'run', rules);
    expect(half).toEqual({ way: gpu, most: 500_000, halvings: 1 });
    expect(nextAttempt(half!, 'run', rules)).toEqual(onCpu);
  });

  test('that smaller tiles can not help against, the way is left at once', () => {
    expect(nextAttempt(first, 'open', rules)).toEqual(onCpu);
    expect(nextAttempt(first, 'numbers', rules)).toEqual(onCpu);
  });

  test('of the last way nothing is left to try, unless it was for want of memory', () => {
    expect(nextAttempt(onCpu, 'run', rules)).toBeUndefined();
    expect(nextAttempt(onCpu, 'memory', rules)).toEqual({ way: cpu, most: 500_000, halvings: 1 });
  });
});
