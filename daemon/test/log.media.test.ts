import { existsSync, readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openLog, openRotatedFile, redact } from '../src/log.ts';
import { tempDir } from './support/temp-dir.ts';

describe('the log', () => {
  it('is JSON lines in a file of the owner’s own', () => {
    using folder = tempDir();
    {
      using opened = openLog({ file: folder.file('uprez.log'), level: 'info' });
      opened.log.child({ job: 'a' }).info({ frames: 3 }, 'segment done');
      opened.log.debug('not written at this level');
    }
    const lines = readFileSync(folder.file('uprez.log'), 'utf8').trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { job: 'a', frames: 3, msg: 'segment done' },
    ]);
    expect(statSync(folder.file('uprez.log')).mode & 0o777).toBe(0o600);
  });

  it('holds no secrets, however deep they are', () => {
    using folder = tempDir();
    {
      using opened = openLog({ file: folder.file('uprez.log'), level: 'info' });
      opened.log.info({ hello: { proof: 'S1', deeper: [{ secret: 'S"2', apiKey: 'S3' }] } }, 'see');
      opened.log.info({ url: 'https://r2.example/clip.mov?X-Amz-Signature=S4&part=1', err: new Error('Bearer S5') });
      opened.log.info({ offer: { code: '123456' }, error: { code: 'input.missing' } });
    }
    const text = readFileSync(folder.file('uprez.log'), 'utf8');
    expect(text).not.toMatch(/S\\?"?\d|123456/);
    expect(text).toContain('part=1');
    expect(text).toContain('input.missing');
  });

  it.skipIf(process.platform !== 'linux')('that can’t be written, on a full disk, keeps nobody from going on', () => {
    // The device that is always full (full(4)).
    using opened = openLog({ file: '/dev/full', level: 'info' });
    expect(() => opened.log.error({ job: 'a' }, 'job failed')).not.toThrow();
  });

  it('keeps five older files beside the current one', () => {
    using folder = tempDir();
    const file = openRotatedFile(folder.file('a.log'), 10);
    for (let line = 0; line < 8; line++) file.write(`line ${line}\n`);
    file.close();
    expect(readFileSync(folder.file('a.log'), 'utf8')).toBe('line 7\n');
    expect(readFileSync(folder.file('a.log.5'), 'utf8')).toBe('line 2\n');
    expect(existsSync(folder.file('a.log.6'))).toBe(false);
  });

  it('goes on in the file that is there', () => {
    using folder = tempDir();
    for (const line of ['one\n', 'two\n']) {
      const file = openRotatedFile(folder.file('a.log'), 1000);
      file.write(line);
      file.close();
    }
    expect(readFileSync(folder.file('a.log'), 'utf8')).toBe('one\ntwo\n');
  });

  it('stays valid JSON where something was taken out', () => {
    const line = JSON.stringify({ token: 'a"b\\', next: 1 });
    expect(JSON.parse(redact(line))).toEqual({ token: '[redacted]', next: 1 });
  });
});
