import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readOffers } from '../../src/models/catalog.ts';
import { ModelRegistry } from '../../src/models/registry.ts';
import { codeOf } from '../support/errors.ts';
import { modelsFolder } from '../support/folders.ts';
import { someTraits } from '../support/library.ts';
import { type TempDir, tempDir } from '../support/temp-dir.ts';

const offers = readOffers(modelsFolder);

describe('the catalogue of downloads', () => {
  it('offers each model once, beside those that come with Uprez', async () => {
    const models = await new ModelRegistry([modelsFolder], { offers }).models();
    expect(new Set(models.map(({ id }) => id)).size).toBe(models.length);
    expect(models.filter(({ ready }) => ready).map(({ id }) => id)).toEqual(['fast', 'fine', 'bicubic', 'none']);
    expect(models.filter(({ downloadBytes }) => downloadBytes !== null)).toHaveLength(offers.length);
  });

  it.each(offers.map((offer) => [offer.id, offer] as const))(
    '%s names its licence’s holder in the text',
    (_, offer) => {
      for (const holder of offer.licence.copyright.split('; ')) expect(offer.licence.text).toContain(holder);
      expect(['MIT', 'BSD-3-Clause']).toContain(offer.licence.id);
    },
  );

  it('names no file twice, by address or digest', () => {
    expect(new Set(offers.flatMap(({ url, sha256 }) => [url, sha256])).size).toBe(2 * offers.length);
  });

  const written = (
    folder: TempDir,
    change: (value: { licences: unknown; models: Record<string, unknown>[] }) => void,
  ) => {
    const value = JSON.parse(readFileSync(`${modelsFolder}/downloads.json`, 'utf8')) as Parameters<typeof change>[0];
    change(value);
    mkdirSync(folder.file('licences'));
    for (const name of ['real-esrgan.txt', 'waifu2x.txt']) writeFileSync(folder.file('licences', name), 'text');
    writeFileSync(folder.file('downloads.json'), JSON.stringify(value));
    return folder.path;
  };

  it.each([
    ['an address without encryption', { url: 'http://example.org/a.pth' }],
    ['a digest that is cut off', { sha256: '25a2bb25' }],
    ['a licence that is not listed', { licence: 'none' }],
    ['a format that nobody reads', { format: 'pickle' }],
    ['an id that could leave the folder', { id: '../x' }],
  ])('with %s is refused', async (_, wrong) => {
    using folder = tempDir();
    const path = written(folder, ({ models }) => Object.assign(models[0]!, wrong));
    expect(await codeOf(() => readOffers(path))).toBe('model.corrupt');
  });
});

describe('of two models with one id', () => {
  it('the bundled one counts, then the added one, then the offer', async () => {
    const model = (id: string) => ({
      ...{ id, name: 'Mine', purpose: '', licence: 'MIT', copyright: null, licenceText: null, origin: 'mine' },
      ...{ published: null, sha256: '0'.repeat(64), traits: someTraits, framesPerSecond: 1, addedAt: 0 },
    });
    const offered = offers[0]!.id;
    const added = { list: () => [model('fast'), model(offered)], fileOf: () => '/models/mine.onnx' };
    const registry = new ModelRegistry([modelsFolder], { added, offers });
    expect(await registry.model('fast')).toMatchObject({ origin: 'comes with Uprez' });
    expect(await registry.model(offered)).toMatchObject({ origin: 'mine', downloadBytes: null });
    expect(registry.engineModel(offered)).toEqual({ kind: 'rgb', file: '/models/mine.onnx', traits: someTraits });
    expect(await registry.models()).toHaveLength(4 + offers.length);
    expect([registry.offer(offered), registry.isFree('fast'), registry.isFree('free')]).toEqual([
      undefined,
      false,
      true,
    ]);
  });
});
