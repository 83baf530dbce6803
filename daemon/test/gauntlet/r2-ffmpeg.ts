import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { isSettled } from '@uprez/shared';
import { untilView } from '../support/clients.ts';
import { clip } from '../support/clips.ts';
import { startLocalDaemon } from '../support/local.ts';
import { type TempDir, tempDir } from '../support/temp-dir.ts';
import { ffmpegPath, frameHashes } from '../support/tools.ts';
import { Complaints, type Experiment, type Order, type Outcome } from './experiment.ts';

/** What an ffmpeg does wrong, as the shell's last words; the real one's command line is "$@". */
const faults: Readonly<Record<string, string>> = {
  'ends early and says that all is well': '"$@" | head -c 70000; exit 0',
  'ends early with an error': '"$@" | head -c 40000; echo broken >&2; exit 1',
  'says nothing and ends well': 'cat >/dev/null 2>&1 </dev/null; exit 0',
  'fails after it has done everything': '"$@"; exit 3',
  'floods its errors': 'head -c 3000000 /dev/urandom | tr -cd "[:print:]" >&2; "$@"; exit 1',
  crashes: 'kill -SEGV $$',
  'is killed': '"$@" | head -c 30000; kill -KILL $$',
  'stops and stays': 'kill -STOP $$',
};

export const ffmpegs: Experiment = {
  id: 'R2',
  claim:
    'An ffmpeg that ends early, lies, crashes or hangs: the job goes on or fails with a reason, and no short result gets its name',
  unit: 'faults',
  volume: { full: 100, short: 3 },
  hindrance: () => (process.platform === 'win32' ? 'the misbehaving ffmpeg is a shell script' : undefined),
  async run({ volume, chance, say }: Order): Promise<Outcome> {
    using folder = tempDir();
    const complaints = new Complaints();
    const ffmpeg = wrapper(folder);
    const patience = { lookMs: 2000, idleLooks: 4, silentLooks: 100_000 };
    await using daemon = await startLocalDaemon({ ffmpeg, patience });
    const source = await clip({ width: 96, height: 64, frames: 60, sounds: [{}] });
    arm(folder, undefined);
    const reference = await frameHashes((await daemon.upscale(source)).path, '-map', '0');
    const tally = new Map<string, number>();
    for (let i = 0; i < volume; i++) {
      const [name, words] = Object.entries(faults)[i % Object.keys(faults).length]!;
      const turn = 1 + Math.floor(chance.fraction() * 6);
      arm(folder, { turn, words });
      const [queued] = await daemon.client.call('addJobs', { jobs: [{ task: { source, model: 'bicubic' } }] });
      const job = await untilView(daemon.client, ({ jobs }) =>
        jobs.find(({ id, state }) => id === queued!.id && isSettled(state)),
      );
      const end = job.error?.code ?? job.state;
      tally.set(end, (tally.get(end) ?? 0) + 1);
      complaints.expect(end !== 'daemon.internal', () => `ffmpeg ${turn} ${name}: ${end}`);
      if (job.output) {
        const found = await frameHashes(job.output.path, '-map', '0');
        complaints.expect(
          String(found) === String(reference),
          () => `ffmpeg ${turn} ${name}: other frames under the final name`,
        );
      }
      if (i % 25 === 0) say(`${i + 1} faults`);
    }
    const ends = [...tally].map(([end, count]) => `${end} ${count}`).join(', ');
    return { done: volume, bad: complaints.list, notes: [`kinds: ${Object.keys(faults).join('; ')}`, ends] };
  },
};

/** An ffmpeg that is the real one, except for the one whose turn it is. Turns are taken by making a folder: one wins. */
function wrapper(folder: TempDir): string {
  const path = folder.file('ffmpeg');
  const script = `#!/bin/sh
set -- '${ffmpegPath}' "$@"
turn=1
while ! mkdir '${folder.path}/turn-'"$turn" 2>/dev/null; do turn=$((turn + 1)); done
if [ "$turn" = "$(cat '${folder.path}/wanted')" ]; then . '${folder.path}/words'; fi
exec "$@"
`;
  writeFileSync(path, script);
  chmodSync(path, 0o755);
  return path;
}

function arm(folder: TempDir, fault: { turn: number; words: string } | undefined): void {
  for (let turn = 1; turn < 100; turn++) rmSync(folder.file(`turn-${turn}`), { recursive: true, force: true });
  writeFileSync(folder.file('words'), fault?.words ?? '');
  writeFileSync(folder.file('wanted'), String(fault?.turn ?? 0));
}
