import { copyFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { clip } from '../../support/clips.ts';
import { SMALL_PARTS } from '../../support/cloud.ts';
import { openCloudProcesses } from '../../support/cloud-processes.ts';
import { seesProcesses, until } from '../../support/processes.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { startTopazEmulator } from '../../support/topaz/emulator.ts';

describe.skipIf(!seesProcesses)('Ctrl-C while a cloud job is under way', () => {
  it('cancels what costs nothing, and leaves alone what would cost credits', async () => {
    using folder = tempDir();
    await using emulator = await startTopazEmulator({ partRules: SMALL_PARTS });
    await using house = await openCloudProcesses(folder, emulator);
    await house.run(['key', 'set'], `${emulator.key}\n`);
    for (const ceiling of ['spendPerJob', 'spendPerDay']) await house.run(['settings', ceiling, '100']);
    const source = folder.file('sea.mp4');
    copyFileSync(await clip({ extension: '.mp4', frames: 60 }), source);
    const upscale = ['upscale', source, '--backend', 'topaz', '--model', 'prob-4', '--scale', '4'];

    emulator.fate = { stuckAt: 'initializing' };
    const early = house.start(...upscale);
    await until('the request to be queued', () => emulator.requests[0]?.status === 'initializing');
    early.child.kill('SIGINT');
    await early.ends();
    expect(early.child.exitCode).toBe(130);
    expect(emulator.requests[0]?.status).toBe('canceled');
    expect(emulator.account).toMatchObject({ charged: 0, reserved: 0 });

    emulator.fate = { stuckAt: 'postprocessing' };
    const late = house.start(...upscale);
    await until('the request to be nearly done', () => emulator.requests[1]?.status === 'postprocessing');
    late.child.kill('SIGINT');
    const said = await late.ends();
    expect(late.child.exitCode).toBe(130);
    const price = emulator.requests[1]?.quote.cost[0];
    expect(said).toMatch(
      new RegExp(`sea\\.mp4 goes on: cancelling it would cost ${price} credits?, and 0 would come back\\.`),
    );
    const [, id = ''] = /uprez cancel ([0-9a-f]{8}) --yes/.exec(said) ?? [];
    expect(emulator.requests[1]?.status).toBe('postprocessing');

    expect(await house.run(['cancel', id, '--yes'])).toContain('cancelled');
    await until('the request to end', () => emulator.requests[1]?.status === 'canceled');
    expect(emulator.account).toMatchObject({ charged: price, reserved: 0 });
  });
});
