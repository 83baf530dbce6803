import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { AppError } from '@uprez/shared';
import { describe, expect, it } from 'vitest';
import { AddedModels } from '../../src/library/added-models.ts';
import { toOnnx } from '../../src/models/networks/convert.ts';
import { untilView } from '../support/clients.ts';
import { codeOf } from '../support/errors.ts';
import { someTraits } from '../support/library.ts';
import { checkpoint } from '../support/networks.ts';
import { offerOne } from '../support/offering.ts';
import { newJob } from '../support/tasks.ts';

const network = toOnnx(checkpoint, 'pytorch-compact', { licence: 'CC0-1.0' });

/** A file of the user, outside of Uprez's folders. */
function ownFile(folder: { path: string; file(...names: string[]): string }, name: string, bytes: Uint8Array): string {
  const path = folder.file('own', name);
  mkdirSync(folder.file('own'), { recursive: true });
  writeFileSync(path, bytes);
  return path;
}

describe('a file', () => {
  it('that is called like a model that is here or could be downloaded becomes a model with the next free name', async () => {
    await using at = await offerOne();
    await using daemon = await at.start();
    const client = await daemon.connect();
    const other = Buffer.concat([network, toOnnx(checkpoint, 'pytorch-compact', { licence: 'MIT' })]);
    const files = [
      ['small.onnx', network],
      ['Fast.onnx', network],
      ['fast.onnx', other],
    ] as const;
    const ids: string[] = [];
    for (const [name, bytes] of files)
      ids.push((await client.call('addModel', { path: ownFile(at.data, name, bytes) })).id);
    expect(ids).toEqual(['small-2', 'small-2', 'fast-2']);
  });
});

describe('a model of the user', () => {
  it('is copied, gets its name from the file, and is what the engine takes', async () => {
    await using at = await offerOne();
    await using daemon = await at.start();
    const client = await daemon.connect();
    const path = ownFile(at.data, 'My Network (v2).onnx', network);
    const model = await client.call('addModel', { path });
    expect(model).toMatchObject({ id: 'my-network-v2', name: 'My Network (v2)', licence: 'CC0-1.0', ready: true });
    const details = await client.call('getModel', { id: model.id });
    expect(details.sha256).toBe(createHash('sha256').update(network).digest('hex'));
    expect(details.traits).toEqual(someTraits);
    writeFileSync(path, 'changed');
    expect(readFileSync(details.file!).equals(network)).toBe(true);
    expect(at.registry().engineModel(model.id)).toEqual({ kind: 'rgb', file: details.file, traits: someTraits });
  });

  it('is told to every client', async () => {
    await using at = await offerOne();
    await using daemon = await at.start();
    const [one, two] = [await daemon.connect(), await daemon.connect()];
    const before = two.view.modelsRevision;
    await one.call('addModel', { path: ownFile(at.data, 'a.onnx', network) });
    await untilView(two, ({ modelsRevision }) => (modelsRevision > before ? true : undefined));
  });

  it('is added once, however often the same file is; another name for it is another model', async () => {
    await using at = await offerOne();
    await using daemon = await at.start();
    const client = await daemon.connect();
    const path = ownFile(at.data, 'a.onnx', network);
    const first = await client.call('addModel', { path, name: 'First' });
    expect(await client.call('addModel', { path, name: 'Second' })).toEqual(first);
    await client.call('addModel', { path, id: 'b' });
    expect(readdirSync(at.folder).filter((name) => name.endsWith('.onnx'))).toHaveLength(1);
    await client.call('removeModel', { id: 'a' });
    expect(await client.call('getModel', { id: 'b' })).toMatchObject({ ready: true });
  });

  it.each([
    ['fast', 'model.id-taken'],
    ['small', 'model.id-taken'],
    ['With Space', 'request.invalid'],
    ['../up', 'request.invalid'],
  ])('can’t be called %s (%s)', async (id, code) => {
    await using at = await offerOne();
    await using daemon = await at.start();
    const client = await daemon.connect();
    expect(await codeOf(client.call('addModel', { path: ownFile(at.data, 'a.onnx', network), id }))).toBe(code);
    expect(readdirSync(at.folder)).toEqual(['downloads']);
  });

  it.each([
    ['relative', () => 'a.onnx', 'input.bad-path'],
    ['nowhere', () => '/nowhere/a.onnx', 'input.missing'],
    ['a folder', (folder: string) => folder, 'input.not-a-file'],
    ['an address', () => 'https://example.org/a.onnx', 'input.bad-path'],
  ])('from a path that is %s is refused', async (_, path, code) => {
    await using at = await offerOne();
    await using daemon = await at.start();
    expect(await codeOf((await daemon.connect()).call('addModel', { path: path(at.data.path) }))).toBe(code);
  });

  it.each([
    ['empty', new Uint8Array(0), 'a.onnx', 'input.empty'],
    ['not ONNX', Buffer.from('nonsense'), 'a.onnx', 'model.corrupt'],
    ['without a name that could be an id', network, '—.onnx', 'model.bad-id'],
  ])('that is %s is refused, and nothing stays behind', async (_, bytes, name, code) => {
    await using at = await offerOne();
    await using daemon = await at.start();
    const path = ownFile(at.data, name, bytes);
    expect(await codeOf((await daemon.connect()).call('addModel', { path }))).toBe(code);
    expect(readdirSync(at.folder)).toEqual(['downloads']);
  });

  it('that the inspection refuses is not listed, and nothing stays behind', async () => {
    const inspect = () => Promise.reject(new AppError('model.corrupt', { model: 'a', why: 'it does not enlarge' }));
    await using at = await offerOne({ inspect });
    await using daemon = await at.start();
    const client = await daemon.connect();
    const path = ownFile(at.data, 'a.onnx', network);
    expect(await codeOf(client.call('addModel', { path }))).toBe('model.corrupt');
    expect(await codeOf(client.call('getModel', { id: 'a' }))).toBe('model.unknown');
    expect(readdirSync(at.folder)).toEqual(['downloads']);
  });

  it('is still there after a restart; what a crash left behind is not', async () => {
    await using at = await offerOne();
    {
      await using daemon = await at.start();
      await (await daemon.connect()).call('addModel', { path: ownFile(at.data, 'a.onnx', network) });
    }
    const kept = readdirSync(at.folder).find((name) => name.endsWith('.onnx'));
    copyFileSync(`${at.folder}/${kept}`, `${at.folder}/${'0'.repeat(64)}.onnx`);
    writeFileSync(`${at.folder}/b.unfinished`, 'half');
    writeFileSync(`${at.folder}/downloads/${'0'.repeat(64)}.part`, 'of a model that is no longer offered');
    await using daemon = await at.start();
    expect(await (await daemon.connect()).call('getModel', { id: 'a' })).toMatchObject({ ready: true });
    expect(new Set(readdirSync(at.folder))).toEqual(new Set([kept, 'added.json', 'downloads']));
    expect(readdirSync(`${at.folder}/downloads`)).toEqual([]);
  });

  it('whose file changed is found out', async () => {
    await using at = await offerOne();
    await using daemon = await at.start();
    const client = await daemon.connect();
    await client.call('addModel', { path: ownFile(at.data, 'a.onnx', network) });
    const added = new AddedModels(at.folder);
    const model = added.find('a')!;
    await added.verify(model);
    writeFileSync(
      added.fileOf(model),
      network.map((byte, i) => (i === 500 ? byte ^ 1 : byte)),
    );
    expect(await codeOf(added.verify(model))).toBe('model.corrupt');
  });
});

describe('removing', () => {
  it('takes a model off the list and off the disk', async () => {
    await using at = await offerOne();
    await using daemon = await at.start();
    const client = await daemon.connect();
    await client.call('addModel', { path: ownFile(at.data, 'a.onnx', network) });
    await client.call('removeModel', { id: 'a' });
    expect(await codeOf(client.call('getModel', { id: 'a' }))).toBe('model.unknown');
    expect(readdirSync(at.folder).sort()).toEqual(['added.json', 'downloads']);
  });

  it('waits for the jobs that use it', async () => {
    await using at = await offerOne();
    await using daemon = await at.start();
    const client = await daemon.connect();
    await client.call('addModel', { path: ownFile(at.data, 'a.onnx', network) });
    await client.call('addJobs', { jobs: [newJob({ model: 'a' })] });
    const run = await at.backend.nextRun();
    expect(await codeOf(client.call('removeModel', { id: 'a' }))).toBe('model.in-use');
    run.finish();
    await untilView(client, ({ jobs }) => (jobs[0]?.state === 'succeeded' ? true : undefined));
    await client.call('removeModel', { id: 'a' });
  });

  it.each([
    ['fast', 'model.not-added'],
    ['small', 'model.not-here'],
    ['nobody', 'model.unknown'],
  ])('refuses %s with %s', async (id, code) => {
    await using at = await offerOne();
    await using daemon = await at.start();
    expect(await codeOf((await daemon.connect()).call('removeModel', { id }))).toBe(code);
  });
});
