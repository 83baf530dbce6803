import { copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { playlists, soundOnly, textFile, truncated } from '../support/bad-files.ts';
import { clip } from '../support/clips.ts';
import { processesIn, seesProcesses } from '../support/processes.ts';
import { runTool } from '../support/tools.ts';
import { type Ended, type House, openHouse, program } from '../support/uprez-process.ts';

const hasPipes = process.platform !== 'win32';

/** What each bad file says on stderr: the fact, and what to do about it. */
const refusals: Readonly<Record<string, RegExp>> = {
  'text.mp4': /“text\.mp4” is not a video file .+ — Choose a MOV/,
  'cut.mp4': /“cut\.mp4” is cut off: .+ — Copy or download the clip again/,
  'sound.mp4': /“sound\.mp4” has no video stream.*sound alone/,
  'empty.mp4': /“empty\.mp4” is empty \(0 bytes\)/,
  'missing.mp4': /“missing\.mp4” does not exist/,
  'folder.mp4': /“folder\.mp4” is not a regular file/,
  'hls.mp4': /“hls\.mp4” is not a video file/,
  'ffconcat.mp4': /“ffconcat\.mp4” is not a video file/,
  'concat.mp4': /“concat\.mp4” is not a video file/,
  ...(hasPipes ? { 'pipe.mp4': /“pipe\.mp4” is not a regular file/ } : {}),
};

describe('A file that is no clip', () => {
  let house: House;
  const target = (): string => house.file('elsewhere', 'target.mp4');

  beforeAll(async () => {
    house = openHouse();
    const good = await clip();
    mkdirSync(house.file('elsewhere'));
    mkdirSync(house.file('clips', 'folder.mp4'), { recursive: true });
    copyFileSync(good, target());
    const put = (name: string, from: string): void => copyFileSync(from, house.file('clips', name));
    put('text.mp4', await textFile('This is a letter, not a film.\n'));
    put('cut.mp4', await truncated(good, 0.6));
    put('sound.mp4', await soundOnly('.mp4'));
    writeFileSync(house.file('clips', 'empty.mp4'), '');
    for (const name of ['hls', 'ffconcat', 'concat'])
      writeFileSync(house.file('clips', `${name}.mp4`), playlists[name]?.(target()) ?? '');
    if (hasPipes) await runTool('mkfifo', [house.file('clips', 'pipe.mp4')]);
  });

  afterAll(async () => {
    await house[Symbol.asyncDispose]();
  });

  describe('on the command line', () => {
    let ended: Ended;
    let before: object;

    beforeAll(async () => {
      before = contents();
      ended = await house.run('upscale', ...Object.keys(refusals).map((name) => house.file('clips', name)));
    });

    it.each(Object.entries(refusals))('%s is refused with its own reason', (name, sentence) => {
      const lines = ended.stderr.split('\n').filter((line) => line.includes(name));
      expect(lines.join('\n')).toMatch(sentence);
    });

    it('is a failure, not a wrong usage, and nothing is printed as a result', () => {
      expect(ended).toMatchObject({ code: 1, stdout: '' });
    });

    it('leaves its folder as it was', () => {
      expect(contents()).toEqual(before);
    });

    it.skipIf(!seesProcesses)('leaves no process behind', () => {
      expect(processesIn(house.path)).toEqual([]);
    });
  });

  it.skipIf(!hasPipes)('names a pipe as its playlist’s clip: whoever opened that would wait for ever', async () => {
    const pipe = house.file('elsewhere', 'pipe.mp4');
    await runTool('mkfifo', [pipe]);
    const names = ['hls', 'ffconcat', 'concat'].map((name) => {
      const path = house.file('elsewhere', `${name}-of-pipe.mp4`);
      writeFileSync(path, playlists[name]?.(pipe) ?? '');
      return path;
    });
    const { code, stderr } = await house.run('upscale', ...names);
    expect(code).toBe(1);
    expect(stderr.match(/is not a video file/g)).toHaveLength(names.length);
  });

  const tracer = findTracer();
  it.skipIf(tracer === undefined)('leads nobody to another file: no process opens that', async () => {
    const trace = house.file('trace.txt');
    const clips = ['hls', 'ffconcat', 'concat'].map((name) => house.file('clips', `${name}.mp4`));
    const command = [process.execPath, program, 'upscale', ...clips];
    const strace = ['-f', '-qq', '-e', 'trace=open,openat,openat2', '-o', trace, ...command];
    const env = ['env', `UPREZ_DATA_DIR=${house.file('data')}`, 'UPREZ_PORT=0'];
    await runTool('env', [...env.slice(1), 'strace', ...strace]).catch(() => undefined);
    const opened = readFileSync(trace, 'utf8');
    expect(opened).toContain('hls.mp4');
    expect(opened).not.toContain(target());
  });

  /** Names, sizes and times in the folder of the bad files. */
  function contents(): object {
    return [...Object.keys(refusals), '.']
      .filter((name) => name !== 'missing.mp4')
      .map((name) => {
        const { size, mtimeMs } = statSync(house.file('clips', name));
        return { name, size, mtimeMs };
      });
  }
});

function findTracer(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(':');
  return process.platform === 'linux'
    ? folders.map((folder) => `${folder}/strace`).find((path) => statSync(path, { throwIfNoEntry: false }))
    : undefined;
}
