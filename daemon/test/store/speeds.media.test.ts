import { plainWay, type Way } from '@uprez/shared';
import { expect, it } from 'vitest';
import { openTestStore } from '../support/store.ts';

const gpu: Way = { provider: 'webgpu', precision: 'fp16' };
const here = 'this computer';

it('trials are kept by computer, the fastest first, each in its latest state', () => {
  using test = openTestStore();
  const { speeds } = test.store;
  speeds.tried(here, { way: plainWay, samplesPerSecond: 5, why: null });
  speeds.tried(here, { way: gpu, samplesPerSecond: 2, why: null });
  speeds.tried(here, { way: gpu, samplesPerSecond: 9, why: null });
  expect(speeds.trials(here)).toEqual([
    { way: gpu, samplesPerSecond: 9, why: null },
    { way: plainWay, samplesPerSecond: 5, why: null },
  ]);
  expect(speeds.trials('another one')).toEqual([]);
});

it('a failure is forgotten after a week: there may be another driver by then', () => {
  using test = openTestStore();
  const { speeds } = test.store;
  speeds.tried(here, { way: gpu, samplesPerSecond: null, why: 'no device' });
  expect(speeds.trials(here)).toEqual([{ way: gpu, samplesPerSecond: null, why: 'no device' }]);
  test.clock.advance(7 * 86_400_000);
  expect(speeds.trials(here)).toEqual([]);
});

it('of the jobs of a kind the last five are remembered', () => {
  using test = openTestStore();
  const { speeds } = test.store;
  const kind = { circumstances: here, way: gpu, scale: 2 } as const;
  for (let i = 1; i <= 7; i++) speeds.did(kind, { samples: i, processSeconds: 1, overheadSeconds: 0 });
  expect(speeds.jobs(kind).map((job) => job.samples)).toEqual([7, 6, 5, 4, 3]);
  expect(speeds.jobs({ ...kind, scale: 4 })).toEqual([]);
  expect(speeds.jobs({ ...kind, way: plainWay })).toEqual([]);
});
