import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { probe } from '../../../src/media/probe.ts';
import { clip } from '../../support/clips.ts';
import { installTopazApp } from '../../support/topaz-app.ts';
import { User } from '../../support/uprez.ts';

// The stand-in is a script, which Windows would not start.
describe.skipIf(process.platform === 'win32')('Topaz Video from the command line', () => {
  it('makes the result beside the clip, and the doctor says where the app is', async () => {
    using user = new User();
    const folder = join(user.clips, 'Apps', 'Topaz Video');
    await mkdir(folder, { recursive: true });
    installTopazApp(folder);
    const app = { UPREZ_TOPAZ_APP: folder };
    await copyFile(await clip({ frames: 25, sounds: [{}] }), join(user.clips, 'a.mp4'));

    const { code, stdout, stderr } = await user.starts(['upscale', 'a.mp4', '--backend', 'topaz-desktop'], app).ended;
    expect(code, stderr).toBe(0);
    expect(stdout).toBe(`${join(user.clips, 'a_uprez_2x_prob-4_topaz-desktop.mov')}\n`);
    expect(await probe(stdout.trim(), { maxFileBytes: 1e9 })).toMatchObject({ codec: 'prores', frameCount: 25 });

    const doctor = await user.starts(['doctor'], app).ended;
    expect(doctor.stdout).toMatch(/Topaz Video app: at .*Apps\/Topaz Video, with 2 models that can be used/);
  });
});
