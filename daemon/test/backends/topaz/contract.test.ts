import { defaultModels } from '@uprez/shared';
import { describe, expect, it } from 'vitest';
import { checkLimits, cloudModel, offeredModels } from '../../../src/backends/topaz/models.ts';
import { type CloudClip, newRequest, servedSize } from '../../../src/backends/topaz/new-request.ts';
import { failure, refusal } from '../../../src/backends/topaz/refusals.ts';
import { chargeOf } from '../../../src/backends/topaz/replies.ts';
import { bodyOf, MOST_BODY_BYTES } from '../../../src/backends/topaz/transport.ts';
import { partsOf } from '../../../src/backends/topaz/upload.ts';
import { codeOf } from '../../support/errors.ts';
import { catalog } from '../../support/topaz/catalog.ts';
import { readOrder } from '../../support/topaz/fields.ts';
import { partSizes } from '../../support/topaz/parts.ts';
import { settle } from '../../support/topaz/settle.ts';

const offered = offeredModels([...catalog.keys()], true);
const clip: CloudClip = {
  ...{ container: 'mov', sizeBytes: 12_000_000, frames: 240, frameRate: { num: 24_000, den: 1001 } },
  size: { width: 853, height: 480 },
};

describe.each(offered.map(({ id, scales }) => [id, scales] as const))('a request for %s', (id, scales) => {
  it.each(['prores', 'h265'] as const)('as %s fits the service’s field tables at every scale', (codec) => {
    for (const scale of scales) {
      const model = cloudModel(id)!;
      const size = { width: 853 * scale, height: 480 * scale };
      if (model.limits.result && size.width > model.limits.result[0]) continue;
      const request = newRequest(clip, { model, size, codec });
      const settled = settle(readOrder(JSON.parse(bodyOf(request))), [...catalog.keys()]);
      expect(settled.output.resolution).toEqual(servedSize(size));
      expect(settled.output).toMatchObject(request.output);
      expect(settled.source.frameRate).toBeCloseTo(23.976, 3);
    }
  });
});

describe('the models', () => {
  it('are the eleven of the first catalogue, in its order, and what the service lists besides', () => {
    const eleven = 'prob-4 ahq-12 amq-13 alq-13 ghq-5 gcg-5 nyx-3 rhea-1 iris-3 thd-3 thf-4'.split(' ');
    expect(offered.map(({ id }) => id).slice(0, 11)).toEqual(eleven);
    expect(offeredModels([...catalog.keys(), 'neu-1'], true).map(({ id }) => id)).toContain('neu-1');
    expect(offeredModels(['prob-4'], true).map(({ id }) => id)).toEqual(['prob-4']);
    expect(cloudModel(defaultModels.topaz)).toBeDefined();
  });

  it.each(['chr-2', 'apo-8', 'thm-2', 'stab-1', 'remove-1', 'fast', '../x'])(
    'do not include %s, which enlarges nothing',
    (id) => {
      expect(cloudModel(id)).toBeUndefined();
    },
  );

  it('refuse before the quote what the service would refuse', async () => {
    const job = { frames: 9001, source: clip.size, result: { width: 1706, height: 960 }, scale: 2 } as const;
    expect(await codeOf(() => checkLimits(cloudModel('slp-2.6')!, job))).toBe('cloud.limit');
    expect(await codeOf(() => checkLimits(cloudModel('prob-4')!, job))).toBe('no error');
  });
});

describe('the parts of an upload', () => {
  it.each([
    [500_000_000, 5000],
    [500_000_001, 1001],
    [1_200_000_000, 2000],
    [1_200_000_000, 900],
    [19_999_999_999, 50_000],
    [75_000_000_000, 50_000],
    [99_999_999_999, 50_000],
  ])('of %i bytes and %i frames are split as the service does', (size, frameCount) => {
    const expected = partSizes({ size, frameCount });
    const parts = partsOf(size, expected.length);
    expect(parts.map(({ length }) => length)).toEqual(expected);
    expect(parts.at(-1)!.start + parts.at(-1)!.length).toBe(size);
  });

  it('never include an empty one', () => {
    expect(partsOf(9, 4, 3).map(({ length }) => length)).toEqual([3, 3, 3]);
  });

  it('fit into the one call that acknowledges them, up to the largest clip', () => {
    const uploadResults = Array.from({ length: 40 }, (_, i) => ({ partNum: i + 1, eTag: `${'f'.repeat(32)}-150` }));
    expect(Buffer.byteLength(bodyOf({ md5Hash: 'f'.repeat(32), uploadResults }))).toBeLessThanOrEqual(MOST_BODY_BYTES);
  });
});

describe('what a request has cost', () => {
  const booked = (...pairs: [string, number][]) =>
    chargeOf(pairs.map(([operation, amount]) => ({ operation, amount })));

  it.each([
    ['nothing was booked', [], 0],
    [
      'it succeeded',
      [
        ['reserve', 10],
        ['commit', 10],
      ],
      10,
    ],
    [
      'it failed',
      [
        ['reserve', 10],
        ['rollback', 10],
      ],
      0,
    ],
    [
      'it was cancelled halfway',
      [
        ['reserve', 12],
        ['commit', 7],
        ['rollback', 5],
      ],
      7,
    ],
    [
      'it was refunded afterwards',
      [
        ['reserve', 10],
        ['commit', 10],
        ['rollback', 10],
      ],
      0,
    ],
  ] as [string, [string, number][], number][])('when %s', (_when, pairs, charged) => {
    expect(booked(...pairs)).toBe(charged);
  });
});

describe('what the service complains about', () => {
  it.each([
    [
      400,
      '{"message":"Invalid","errors":[{"path":"source.container","msg":"must be mp4"}]}',
      /source\.container: must be mp4/,
    ],
    [400, '', /did not say why/],
    [413, '', /too long/],
    [418, 'tea', /HTTP 418/],
    [500, '{"detail":"GPU on fire."}', /GPU on fire/],
    [502, '<html>502</html>', /HTTP 502/],
    [503, '{"message":"Down until noon"}', /Down until noon/],
  ])('with %i %s becomes a sentence', (status, body, sentence) => {
    expect(refusal(status, body).message).toMatch(sentence);
    expect(refusal(status, body).message).not.toMatch(/undefined|[<>]/);
  });

  it('after acceptance has a sentence too, whatever the code', () => {
    expect(failure('CREDIT_DIFFERENCE', undefined).code).toBe('cloud.quote-changed');
    expect(failure(undefined, undefined).code).toBe('cloud.processing-failed');
  });
});
