import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { places } from '../../../src/backends/topaz/desktop/installation.ts';
import { probe } from '../../../src/media/probe.ts';
import { untilView } from '../../support/clients.ts';
import { readFrameNumbers } from '../../support/clips.ts';
import { codeOf } from '../../support/errors.ts';
import { isAlive, until } from '../../support/processes.ts';
import { meanAround, readPicture } from '../../support/pictures.ts';
import { type Mood, openDesktopHouse } from '../../support/topaz-app.ts';

const limits = { maxFileBytes: 1e12 };
// The stand-in is a script, which Windows would not start.
const posixOnly = describe.skipIf(process.platform === 'win32');

posixOnly('Topaz Video on this computer', () => {
  it('offers the models that enlarge and that its ffmpeg can run', async () => {
    await using house = await openDesktopHouse();
    const models = await house.client.call('listModels', {});
    expect(models.map(({ id, name, backend, scales }) => ({ id, name, backend, scales }))).toEqual([
      { id: 'iris-3', name: 'Iris', backend: 'topaz-desktop', scales: [2] },
      { id: 'prob-4', name: 'Proteus', backend: 'topaz-desktop', scales: [2, 4] },
    ]);
  });

  it('makes a file like any other: exactly the frames of the range, size, tags, timecode and sound', async () => {
    await using house = await openDesktopHouse();
    const { id } = await house.queue(
      { range: { from: 5, to: 20 } },
      { timecode: '01:00:00:00', color: 'bt709', sounds: [{}], frames: 25 },
    );
    const { output, error } = await house.ended(id);
    expect(error).toBeNull();
    const media = await probe(output!.path, limits);
    expect(media).toMatchObject({ codec: 'prores', bitDepth: 10, chroma: '422', width: 384, height: 216 });
    expect(media.color).toMatchObject({ primaries: 'bt709', transfer: 'bt709', matrix: 'bt709' });
    expect(media.timecode?.text).toBe('01:00:00:05');
    expect(media.audio).toHaveLength(1);
    expect(await readFrameNumbers(output!.path)).toEqual(Array.from({ length: 15 }, (_, i) => 5 + i));
    expect(output!.checks.every(({ ok }) => ok)).toBe(true);
    expect(output!.path).toBe(house.folder.file('sea_uprez_2x_prob-4_topaz-desktop_5-20.mov'));
    expect(house.left()).toEqual([
      'Topaz Video',
      'data',
      'sea.mov',
      'sea_uprez_2x_prob-4_topaz-desktop_5-20.mov',
      'work',
    ]);
  });

  it.each(['tv', 'pc'] as const)(
    'hands colours over in their matrix and range (%s), and takes them back',
    async (range) => {
      await using house = await openDesktopHouse();
      const size = { width: 280, height: 160 };
      const color = 'bt601';
      const pixelFormat = range === 'pc' ? 'yuvj420p' : 'yuv420p';
      const look = { ...size, color, range, pixelFormat, picture: 'smptebars', extra: ['-crf', '0'] } as const;
      const { id } = await house.queue({}, { ...look, frames: 4, numbered: false });
      const { output } = await house.ended(id);
      const before = await readPicture(house.folder.file('sea.mov'), { ...size, chroma: '420', depth: 8 });
      const after = await readPicture(output!.path, { width: 560, height: 320, chroma: '422', depth: 10 });
      const wide = range === 'pc';
      for (let bar = 0; bar < 7; bar++) {
        const at = { x: (bar + 0.5) / 7, y: 0.3, radius: 0.02 };
        const [y, u] = [meanAround(before.y, at), meanAround(before.u, at)];
        // What a full-range code is in limited range: ITU-R BT.2100, table 9. Within a code of the source: two conversions round.
        expect.soft(Math.abs(meanAround(after.y, at) - (wide ? 64 + (y * 876) / 255 : 4 * y))).toBeLessThan(4);
        expect.soft(Math.abs(meanAround(after.u, at) - (wide ? 512 + ((u - 128) * 896) / 255 : 4 * u))).toBeLessThan(4);
      }
      const handed = `in_color_matrix=bt601:in_range=${wide ? 'full' : 'limited'}`;
      expect(house.app.lastCall().args.join(' ')).toContain(handed);
    },
  );

  it('shows the app its own folders and the user’s, and nothing else', async () => {
    await using house = await openDesktopHouse();
    const { id } = await house.queue();
    await house.ended(id);
    const { variables, args } = house.app.lastCall();
    const wanted = ['HOME', 'PATH', 'TVAI_MODEL_DATA_DIR', 'TVAI_MODEL_DIR'];
    // macOS adds one by itself.
    expect(variables.filter((name) => !name.startsWith('__')).sort()).toEqual(wanted);
    expect(args.join(' ')).toContain('tvai_up=model=prob-4:scale=2:estimate=8:device=-2:vram=1:instances=1');
  });
});

posixOnly('when Topaz Video goes wrong', () => {
  it.each([
    ['says that the user is signed out', 'desktop.signed-out'],
    ['stands still', 'desktop.stuck'],
    ['fails', 'desktop.failed'],
    ['lacks the model', 'model.unknown'],
    ['makes half of the frames', 'cloud.result-wrong'],
  ] as const satisfies readonly (readonly [Mood, string])[])(
    'an app that %s ends the job with its reason, and a retry makes it good',
    async (mood, code) => {
      await using house = await openDesktopHouse();
      house.app.be(mood);
      const { id } = await house.queue();
      expect((await house.ended(id)).error?.code).toBe(code);
      expect(house.started.filter(isAlive)).toEqual([]);
      expect(house.left()).not.toContain('sea_uprez_2x_prob-4_topaz-desktop.mov');

      house.app.be('works');
      await house.client.call('retryJob', { id });
      await untilView(house.client, ({ jobs }) => jobs.find((job) => job.id === id && job.state === 'succeeded'));
      expect(await readFrameNumbers(house.folder.file('sea_uprez_2x_prob-4_topaz-desktop.mov'))).toHaveLength(25);
    },
  );

  it('a result that could not be finished is finished later, without asking the app again', async () => {
    await using house = await openDesktopHouse();
    const folder = house.folder.file('results');
    mkdirSync(folder);
    const { id } = await house.queue({ output: folder });
    // What the app has made is there, and the folder for the result is not any more.
    const made = house.folder.file('work', `${id}.enhanced.mov`);
    await until('the app', () => existsSync(made));
    rmSync(folder, { recursive: true });
    expect((await house.ended(id)).state).toBe('failed');

    await house.restart(() => mkdirSync(folder));
    await house.client.call('retryJob', { id });
    await untilView(house.client, ({ jobs }) => jobs.find((job) => job.id === id && job.state === 'succeeded'));
    expect(house.app.calls()).toBe(1);
    expect(await readFrameNumbers(join(folder, 'sea_uprez_2x_prob-4_topaz-desktop.mov'))).toHaveLength(25);
    expect(house.left()).not.toContain(`${id}.enhanced.mov`);
  });

  it('a cancelled job ends the app and leaves nothing', async () => {
    await using house = await openDesktopHouse();
    house.app.be('stands still');
    const { id } = await house.queue();
    await until('the app', () => house.started.length === 2);
    await house.client.call('cancelJob', { id });
    expect((await house.ended(id)).state).toBe('cancelled');
    expect(house.started.filter(isAlive)).toEqual([]);
    expect(house.left()).toEqual(['Topaz Video', 'data', 'sea.mov', 'work']);
  });

  it.each([
    ['a scale that the model has not', { model: 'iris-3', scale: 4 }, 'cloud.limit'],
    ['fewer frames than its filters look at', { range: { from: 0, to: 3 } }, 'cloud.limit'],
    ['a model that it has not', { model: 'apo-8' }, 'model.unknown'],
    ['a look, which is computed here', { look: { id: 'flat' } }, 'look.cloud'],
  ] as const)('refuses %s before anything begins', async (_what, task, code) => {
    await using house = await openDesktopHouse();
    expect(await codeOf(house.queue(task))).toBe(code);
  });
});

describe('Topaz Video', () => {
  it('that is not there offers no models, and a job for it is refused with what to do', async () => {
    await using house = await openDesktopHouse({ installed: false });
    expect(await house.client.call('listModels', {})).toEqual([]);
    expect(await codeOf(house.queue())).toBe('desktop.missing');
  });

  it('is looked for where its installers put it, and where the user says', () => {
    expect(places('darwin', null).map(({ ffmpeg }) => ffmpeg)).toEqual([
      '/Applications/Topaz Video.app/Contents/MacOS/ffmpeg',
      '/Applications/Topaz Video AI.app/Contents/MacOS/ffmpeg',
    ]);
    expect(places('win32', null)[1]).toEqual({
      folder: 'C:\\Program Files\\Topaz Labs LLC\\Topaz Video AI',
      ffmpeg: 'C:\\Program Files\\Topaz Labs LLC\\Topaz Video AI\\ffmpeg.exe',
      models: 'C:\\ProgramData\\Topaz Labs LLC\\Topaz Video AI\\models',
    });
    expect(places('linux', null)).toEqual([]);
    expect(places('darwin', '/Volumes/Apps/Topaz Video.app').map(({ models }) => models)).toEqual([
      '/Volumes/Apps/Topaz Video.app/Contents/Resources/models',
    ]);
  });
});
