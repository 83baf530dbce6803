import { expect, test } from 'vitest';
import { conformWarnings } from '../../src/engine/conform-report.ts';

const rate = { num: 25, den: 1 };

test('nothing is said of a clip whose frames all find a place', () => {
  expect(conformWarnings({ times: [0, 0.041, 0.079, 0.12], rate, firstFrame: 0, frameCount: 4 })).toEqual([]);
});

/** Shown at the places 0, 1, 6, 6, 7. */
const times = [0, 0.04, 0.24, 0.25, 0.28];

test('a pause and a burst: what is repeated and dropped, and the rates between frames', () => {
  const [found] = conformWarnings({ times, rate, firstFrame: 0, frameCount: 8 });
  // Four places repeat the frame at 1, and of the two at 6 one is dropped.
  expect(found).toMatchObject({
    code: 'time.conformed',
    data: { from: '5.0 to 100', to: '25', repeated: 4, dropped: 1 },
  });
});

test('only the part of the job counts; a frame from before may fill its beginning', () => {
  const [found] = conformWarnings({ times, rate, firstFrame: 3, frameCount: 3 });
  expect(found?.data).toMatchObject({ repeated: 2, dropped: 0 });
});
