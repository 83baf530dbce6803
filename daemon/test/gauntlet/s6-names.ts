import { copyFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { untilEnded } from '../support/clients.ts';
import { clip } from '../support/clips.ts';
import { frameHashes } from '../support/tools.ts';
import { openHouse, queueTask } from '../support/uprez-process.ts';
import { Complaints, type Experiment, type Order, type Outcome } from './experiment.ts';

/** Names that mean something to ffmpeg, to filters or to a shell. */
const names = [
  ...['-i.mp4', '-version.mp4', '--.mp4', '-f lavfi.mp4', '%03d.mp4', '%d%s.mp4', '*.mp4', '?.mp4', '[a-z].mp4'],
  ...['http:evil.mp4', 'concat:a|b.mp4', 'file:x.mp4', 'pipe:1.mp4', 'data:,x.mp4', 'lavfi.mp4', 'movie=x.mp4'],
  ...[
    'a,drawtext=textfile=x.mp4',
    'a;metadata=print.mp4',
    "a'b.mp4",
    'a"b.mp4',
    'a\\b.mp4',
    'a:b=c.mp4',
    '[in][out].mp4',
  ],
  ...[
    '$(touch x).mp4',
    '`touch x`.mp4',
    '$HOME.mp4',
    'a;touch x;.mp4',
    'a|touch x.mp4',
    'a&touch x&.mp4',
    '>x.mp4',
    '!x.mp4',
  ],
  ...[
    ' leading.mp4',
    'trailing .mp4',
    'two  spaces.mp4',
    '.hidden.mp4',
    '..mp4',
    'é.mp4',
    'e\u0301.mp4',
    '影片.mp4',
    '🎬.mp4',
  ],
  ...[
    '\u202ereversed.mp4',
    '\u200bnothing.mp4',
    `${'long'.repeat(40)}.mp4`,
    'a\u00a0b.mp4',
    '~.mp4',
    '#.mp4',
    '@.mp4',
    '^.mp4',
  ],
];

export const hostileNames: Experiment = {
  id: 'S6',
  claim:
    'Clips and results with names that ffmpeg, its filters or a shell would understand: the same frames as under a plain name',
  unit: 'names',
  volume: { full: names.length, short: 2 },
  hindrance: () => (process.platform === 'win32' ? 'most of these names can’t be given to files there' : undefined),
  async run({ volume, chance, say }: Order): Promise<Outcome> {
    await using house = openHouse();
    const complaints = new Complaints();
    const good = await clip({ frames: 10, width: 96, height: 64 });
    const { client } = await house.daemon();
    mkdirSync(house.file('out'));
    const upscale = async (name: string): Promise<string[]> => {
      const folder = house.file('out', `to ${name}`);
      mkdirSync(folder);
      copyFileSync(good, house.file(name));
      const { id } = await queueTask(client, { source: house.file(name), model: 'bicubic', output: folder });
      const job = await untilEnded(client, id);
      complaints.expect(
        job.state === 'succeeded',
        () => `${JSON.stringify(name)}: ${job.error?.code} ${job.error?.message}`,
      );
      return job.output ? frameHashes(`file:${job.output.path}`) : [];
    };
    const reference = await upscale('plain.mp4');
    for (const [index, name] of chance.shuffled(names).slice(0, volume).entries()) {
      const found = await upscale(name);
      complaints.expect(String(found) === String(reference), () => `${JSON.stringify(name)}: other frames`);
      if (index % 20 === 0) say(`${index + 1} names`);
    }
    complaints.expect(!existsSync(house.file('x')), () => 'a name was carried out');
    const known = new Set(['data', 'out', 'plain.mp4', ...names]);
    const strangers = readdirSync(house.path).filter((name) => !known.has(name));
    complaints.expect(strangers.length === 0, () => `files that nobody asked for: ${strangers.join(', ')}`);
    return { done: volume, bad: complaints.list, notes: ['as names of clips and of folders for results'] };
  },
};
