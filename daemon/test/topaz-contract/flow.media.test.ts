import { writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clip } from '../support/clips.ts';
import { tempDir } from '../support/temp-dir.ts';
import { Caller } from '../support/topaz/caller.ts';
import { startTopazEmulator, type TopazEmulator } from '../support/topaz/emulator.ts';
import { measure } from '../support/topaz/enhance.ts';

let emulator: TopazEmulator;
let topaz: Caller;
beforeEach(async () => {
  emulator = await startTopazEmulator({ credits: 100 });
  topaz = new Caller(emulator);
});
afterEach(() => emulator[Symbol.asyncDispose]());

describe('the six steps', () => {
  it('turn a clip into ProRes of twice the size, and take what was quoted', async () => {
    using folder = tempDir();
    const id = await topaz.upload(await clip());
    expect(await topaz.completeUpload(id)).toMatchObject({
      status: 202,
      body: { message: 'Processing has been queued' },
    });
    const { states, last } = await topaz.until(id, 'complete');
    expect(states).toEqual(['initializing', 'preprocessing', 'processing', 'postprocessing', 'complete']);

    const { download } = last as { download: { url: string } };
    const result = await fetch(download.url);
    const path = folder.file('result.mov');
    await writeFile(path, Buffer.from(await result.arrayBuffer()));
    expect(await measure(path)).toMatchObject({
      resolution: { width: 384, height: 216 },
      frameCount: 25,
      frameRate: 25,
    });
    expect(emulator.account.ledger).toEqual([
      { requestId: id, operation: 'reserve', amount: 1 },
      { requestId: id, operation: 'commit', amount: 1 },
    ]);
  });
});
