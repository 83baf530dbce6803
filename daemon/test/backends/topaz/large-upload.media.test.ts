import { expect, it } from 'vitest';
import { uploadLarge } from '../../support/large-upload.ts';
import { seesProcesses } from '../../support/processes.ts';

/** Probing a clip takes 30 MB for a while; the upload itself next to nothing, however large the clip is. */
const MOST_GROWTH = 50 * 2 ** 20;
const PART = 50_000_000;

it.skipIf(!seesProcesses)('a large clip goes up in parts, byte for byte, and leaves the daemon small', async () => {
  const { memory, clipBytes, partBytes, wrongParts, largestBody } = await uploadLarge(220_000_000, {
    ...{ segmentBytes: PART, singleUpToFrames: 2 },
  });
  expect(partBytes).toEqual([PART, PART, PART, PART, clipBytes - 4 * PART]);
  expect(wrongParts).toEqual([]);
  expect(largestBody).toBeLessThanOrEqual(3000);
  expect(memory.after - memory.before).toBeLessThan(MOST_GROWTH);
});
