import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { DaemonClient, ModelPull } from '@uprez/shared';
import { describe, expect, it } from 'vitest';
import type { Offer } from '../../src/models/catalog.ts';
import { toOnnx } from '../../src/models/networks/convert.ts';
import { untilView } from '../support/clients.ts';
import { codeOf } from '../support/errors.ts';
import { file, Line, publishedAt, status } from '../support/file-server.ts';
import { checkpoint } from '../support/networks.ts';
import { offerOne } from '../support/offering.ts';

/** Waits until so much of the download has been written. */
async function untilPart({ folder, offer }: { folder: string; offer: Offer }, size: number): Promise<void> {
  const part = `${folder}/downloads/${offer.sha256}.part`;
  await expect.poll(() => existsSync(part) && statSync(part).size).toBe(size);
}

const pull = (client: DaemonClient, acceptedLicence = 'MIT') =>
  client.call('pullModel', { id: 'small', acceptedLicence });

describe('pulling', () => {
  it('needs the licence accepted, and asks nobody before', async () => {
    await using at = await offerOne();
    await using daemon = await at.start();
    const client = await daemon.connect();
    expect(await codeOf(client.call('pullModel', { id: 'small' }))).toBe('model.licence');
    expect(await codeOf(pull(client, 'GPL-3.0'))).toBe('model.licence');
    expect(at.server.asked).toEqual([]);
    expect(await client.call('getModel', { id: 'small' })).toMatchObject({
      ready: false,
      downloadBytes: checkpoint.length,
      licenceText: 'Do as you like.',
      file: null,
    });
    expect(await codeOf(() => at.registry().engineModel('small'))).toBe('model.not-here');
  });

  it('brings the model, converted, with its licence and where it is from', async () => {
    await using at = await offerOne();
    await using daemon = await at.start();
    const client = await daemon.connect();
    expect(await pull(client)).toMatchObject({ id: 'small', ready: true, downloadBytes: null, licence: 'MIT' });
    const details = await client.call('getModel', { id: 'small' });
    expect(details).toMatchObject({ licenceText: 'Do as you like.', copyright: 'Copyright (c) Somebody' });
    expect(details.published?.sha256).toBe(at.offer.sha256);
    const { origin, url, licence } = at.offer;
    const notes = { origin, url, licence: licence.id, copyright: licence.copyright };
    expect(readFileSync(details.file!).equals(toOnnx(checkpoint, 'pytorch-compact', notes))).toBe(true);
    expect(readdirSync(`${at.folder}/downloads`)).toEqual([]);
    expect(await pull(client)).toMatchObject({ ready: true });
    expect(at.server.asked).toHaveLength(1);
  });

  it('shows all clients how far it is, and its end; who asks too waits for the same download', async () => {
    const line = new Line();
    await using at = await offerOne({
      answers: [file(checkpoint, { breaks: { after: 4000, line } }), file(checkpoint)],
    });
    await using daemon = await at.start();
    const [one, two] = [await daemon.connect(), await daemon.connect()];
    const seen: (ModelPull | undefined)[] = [];
    two.subscribe(({ pulls }) => seen.push(pulls['small']));
    const both = [pull(one), pull(two)];
    await untilView(two, ({ pulls }) => pulls['small']);
    expect((await daemon.connect()).view.pulls['small']?.bytesTotal).toBe(checkpoint.length);
    await untilPart(at, 4000);
    line.reached(4000);
    const [first, second] = await Promise.all(both);
    expect(first).toEqual(second);
    await untilView(two, ({ pulls }) => (pulls['small'] ? undefined : true));
    expect([...new Set(seen.map((each) => each?.stage))]).toEqual([
      undefined,
      'download',
      'prove',
      'convert',
      'inspect',
    ]);
  });

  it('can be cancelled by anybody, and goes on there later', async () => {
    const line = new Line();
    await using at = await offerOne({
      answers: [file(checkpoint, { breaks: { after: 4000, line } }), file(checkpoint)],
    });
    await using daemon = await at.start();
    const [one, two] = [await daemon.connect(), await daemon.connect()];
    const pulled = codeOf(pull(one));
    await untilPart(at, 4000);
    await two.call('cancelPull', { id: 'small' });
    expect(await pulled).toBe('model.pull-cancelled');
    expect(await pull(two)).toMatchObject({ ready: true });
    expect(at.server.asked[1]).toMatchObject({ range: 'bytes=4000-', ifRange: '"one"' });
  });

  it('that is interrupted by the daemon’s end is not listed, and goes on after the next start', async () => {
    const line = new Line();
    await using at = await offerOne({
      answers: [file(checkpoint, { breaks: { after: 4000, line } }), file(checkpoint)],
    });
    {
      await using daemon = await at.start();
      const pulled = codeOf(pull(await daemon.connect()));
      await expect.poll(() => readdirSync(`${at.folder}/downloads`)).toHaveLength(2);
      await daemon[Symbol.asyncDispose]();
      expect(['daemon.stopping', 'daemon.disconnected']).toContain(await pulled);
    }
    await using daemon = await at.start();
    const client = await daemon.connect();
    expect(await client.call('getModel', { id: 'small' })).toMatchObject({ ready: false });
    expect(await pull(client)).toMatchObject({ ready: true });
  });

  it('that fails says why and can be tried again', async () => {
    await using at = await offerOne({ answers: [status(404), file(checkpoint)] });
    await using daemon = await at.start();
    const client = await daemon.connect();
    expect(await codeOf(pull(client))).toBe('model.refused');
    expect(client.view.pulls).toEqual({});
    expect(await pull(client)).toMatchObject({ ready: true });
  });

  it('of weights that are not those of the network ends with a clear error', async () => {
    const rrdb = readFileSync(fileURLToPath(new URL('../models/checkpoints/rrdb-4x.pth', import.meta.url)));
    await using at = await offerOne({ answers: [file(rrdb)] });
    Object.assign(at.offer, publishedAt(at.offer.url, rrdb));
    await using daemon = await at.start();
    const client = await daemon.connect();
    const error = await pull(client).catch((reason: unknown) => reason);
    expect(String(error)).toContain('The model “small” is damaged: there are no weights body.0.weight.');
    expect(readdirSync(at.folder).filter((name) => !name.startsWith('downloads'))).toEqual([]);
  });
});
