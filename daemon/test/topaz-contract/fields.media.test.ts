import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { orderOf, type OrderChange } from '../support/topaz/caller.ts';
import { type ContractTarget, openTarget } from '../support/topaz/contract-target.ts';

/** Free calls only: these run against Topaz itself where there is a key. */
let target: ContractTarget;
beforeAll(async () => {
  target = await openTarget();
});
afterAll(() => target[Symbol.asyncDispose]());

const filter = (parameters: object) => ({ filters: [{ model: 'prob-4', ...parameters }] });

describe('an order is refused with the path of each wrong field', () => {
  it.each<[string, OrderChange]>([
    ['source.container', { source: { container: 'xyz' } }],
    ['source.container', { source: { container: undefined } }],
    ['source.size', { source: { size: 0 } }],
    ['source.size', { source: { size: 1.5 } }],
    ['source.size', { source: { size: 100_000_000_000 } }],
    ['source.duration', { source: { duration: '1' } }],
    ['source.frameCount', { source: { frameCount: undefined } }],
    ['source.frameRate', { source: { frameRate: undefined } }],
    ['source.resolution', { source: { resolution: [192, 108] } }],
    ['source.resolution.width', { source: { resolution: { height: 108 } } }],
    ['filters', { filters: 'prob-4' }],
    ['filters', { filters: [] }],
    ['filters[0].model', { filters: [{}] }],
    ['filters[0].auto', filter({ auto: 'auto' })],
    ['filters[0].noise', filter({ noise: 1.1 })],
    ['filters[0].grain', filter({ grain: 0.2 })],
    ['filters[0].video_type', filter({ video_type: 'Progressive' })],
    ['filters[0].slowmo', { filters: [{ model: 'apo-8', slowmo: 2.5 }] }],
    ['filters[0].fps', { filters: [{ model: 'apo-8', fps: 300 }] }],
    ['output.resolution', { output: { resolution: undefined } }],
    ['output.frameRate', { output: { frameRate: undefined } }],
    ['output.audioTransfer', { output: { audioTransfer: undefined } }],
    ['output.audioTransfer', { output: { audioTransfer: 'none' } }],
    ['output.videoEncoder', { output: { videoEncoder: 'DNxHD' } }],
    ['output.codecId', { output: { codecId: 'prores-422-hq' } }],
    ['output.dynamicCompressionLevel', { output: { dynamicCompressionLevel: 'Highest' } }],
    ['model_option', { further: { model_option: 'prob-4' } }],
  ])('%s in %j', async (path, change) => {
    const { status, body } = await target.topaz.order(change);
    expect(status).toBe(400);
    expect(body).toMatchObject({ errorCode: 'INVALID_INPUT', errors: [{ type: 'field', location: 'body', path }] });
  });

  it('all of them at once, with what each should be', async () => {
    const { body } = await target.topaz.order({ source: { container: 'xyz', size: -1 }, output: { frameRate: 0 } });
    const { errors } = body as { errors: { path: string; msg: string; value: unknown }[] };
    expect(errors.map(({ path }) => path)).toEqual(['source.container', 'source.size', 'output.frameRate']);
    expect(errors[0]).toMatchObject({ msg: expect.stringMatching(/^container must be one of .*mov/), value: 'xyz' });
  });
});

describe('an order whose fields do not go together is refused without a list of fields', () => {
  it.each<[string, OrderChange]>([
    ['an unknown model', { filters: [{ model: 'nyk-3' }] }],
    ['a profile of another encoder', { output: { videoProfile: 'Main10' } }],
    ['H.264 in AVI', { output: { videoEncoder: 'H264', videoProfile: 'High', container: 'avi' } }],
    ['H.264 above 4096', h264({ width: 4100, height: 2160 })],
    ['VP9 without a bit rate', { output: { videoEncoder: 'VP9', videoProfile: undefined } }],
    ['a bit rate above the limit', h264({ width: 384, height: 216 }, { videoBitrate: '2001m' })],
    ['sound to convert, to nothing', { output: { audioTransfer: 'Convert' } }],
    ['stabilising without a word on the shutter', { filters: [{ model: 'stab-1' }] }],
    ['Astra without creativity', { filters: [{ model: 'ast-2' }] }],
    ['more frames than the model takes', { source: { frameCount: 9001 }, filters: [{ model: 'slp-2.6' }] }],
  ])('%s', async (_, change) => {
    const { status, body } = await target.topaz.order(change);
    expect(status).toBe(400);
    expect(body).toMatchObject({ errorCode: 'INVALID_INPUT', message: expect.any(String) });
    expect(body).not.toHaveProperty('errors');
  });

  function h264(resolution: object, further: object = {}): OrderChange {
    return { output: { videoEncoder: 'H264', videoProfile: 'High', container: 'mp4', resolution, ...further } };
  }
});

describe('what the service makes of an order', () => {
  it.each<[string, OrderChange, object]>([
    ['rounds sizes up to four', size(1998, 1078), { resolution: { width: 2000, height: 1080 } }],
    ['keeps sizes that are multiples of four', size(4096, 1716), { resolution: { width: 4096, height: 1716 } }],
    [
      'keeps the size of the source without a model that scales',
      { filters: [{ model: 'apo-8', fps: 50 }] },
      { resolution: { width: 192, height: 108 }, frameRate: 50 },
    ],
    [
      'keeps the rate of the source without a model that interpolates',
      { output: { frameRate: 60 } },
      { frameRate: 25 },
    ],
    [
      'takes the greater of two rates',
      { filters: [{ model: 'apo-8', fps: 30 }], output: { frameRate: 60 } },
      { frameRate: 60 },
    ],
    ['puts ProRes into MOV', { output: { container: 'mp4' } }, { container: 'mov', videoProfile: '422 HQ' }],
    [
      'makes 10-bit H.265 in MP4 where nothing is said',
      { output: { videoEncoder: undefined, videoProfile: undefined, container: undefined } },
      { videoEncoder: 'H265', videoProfile: 'Main10', container: 'mp4', dynamicCompressionLevel: 'High' },
    ],
    ['reads encoders in any case', { output: { videoEncoder: 'prores' } }, { videoEncoder: 'ProRes' }],
  ])('%s', async (_, change, output) => {
    const record = await target.topaz.record(await target.topaz.create(change));
    expect(record).toMatchObject({ status: 'requested', output });
  });

  function size(width: number, height: number): OrderChange {
    return { output: { resolution: { width, height } } };
  }
});

describe('the price of an order', () => {
  // The published table: seconds at 30 frames a second, credits at 720p, 1080p and 4K.
  it.each([
    [1, [1, 1, 1]],
    [5, [1, 1, 3]],
    [10, [1, 2, 6]],
    [60, [4, 8, 31]],
    [300, [17, 38, 151]],
    [600, [34, 76, 302]],
  ])('of %d seconds is %j', async (seconds, credits) => {
    const sizes = [
      { width: 1280, height: 720 },
      { width: 1920, height: 1080 },
      { width: 3840, height: 2160 },
    ];
    const source = { duration: seconds, frameCount: seconds * 30, frameRate: 30 };
    const quotes = await Promise.all(
      sizes.map(async (resolution) => {
        const { body } = await target.topaz.order({ source, output: { resolution, frameRate: 30 } });
        return (body as { estimates: { cost: number[] } }).estimates.cost[0];
      }),
    );
    expect(quotes).toEqual(credits);
  });
});

describe('what never gets as far as an order', () => {
  it('a body above 3000 bytes: 413, and nothing said', async () => {
    const body = JSON.stringify(orderOf()).padEnd(3001);
    expect(await target.topaz.call('POST', '/video/', body)).toMatchObject({ status: 413, body: '' });
    expect((await target.topaz.call('POST', '/video/', body.slice(0, 3000))).status).toBe(200);
  });

  it('a body that is no JSON', async () => {
    expect(await target.topaz.call('POST', '/video/', '{')).toMatchObject({ status: 400 });
  });

  it('a request without a key, or with a wrong one', async () => {
    const refusal = { status: 401, body: { errorCode: 'UNAUTHORIZED', message: expect.any(String) } };
    expect(await target.keyless.order()).toMatchObject(refusal);
    expect(await target.wrongKey.order()).toMatchObject(refusal);
    expect((await target.keyless.call('GET', '/video/status')).status).toBe(200);
  });
});
