import { readFileSync, rmSync } from 'node:fs';
import { createDownload } from '../../src/library/download.ts';
import type { Chance } from '../support/chance.ts';
import { openCloudHouse } from '../support/cloud.ts';
import { codeOf } from '../support/errors.ts';
import { type Answer, file, Line, publishedAt, serveFiles, status } from '../support/file-server.ts';
import { tempDir } from '../support/temp-dir.ts';
import { type Trouble, trouble } from '../support/topaz/faults.ts';
import type { Step } from '../support/topaz/journal.ts';
import { Complaints, type Experiment, type Order, type Outcome } from './experiment.ts';

const content = Uint8Array.from({ length: 200_000 }, (_, i) => (i * 31) ^ (i >> 8));

/** Of all faults so many meet the cloud's flow, the others downloads of models. */
const CLOUD = 1 / 3;
/** Faults that one cloud job meets; more in a row at one place would end it, rightly. */
const A_JOB = 5;

const cloudTroubles: Readonly<Record<string, () => Trouble>> = {
  'too many requests': () => trouble.rateLimited(),
  maintenance: trouble.maintenance,
  'an error': () => trouble.serverError(),
  'an error after it was done': () => trouble.serverError({ after: true }),
  'a page of HTML': () => trouble.badGateway(),
  'a connection that ends before': trouble.dropBefore,
  'a connection that ends after it was done': trouble.dropAfter,
};
const steps: readonly Step[] = [
  'create',
  'accept',
  'complete-upload',
  'status',
  'record',
  'delete-media',
  'upload',
  'download',
];

export const network: Experiment = {
  id: 'R6',
  claim:
    'The network fails in every step of the cloud’s flow and of downloads: everything arrives whole, and nothing is paid twice',
  unit: 'faults',
  volume: { full: 300, short: 20 },
  async run({ volume, chance, say }: Order): Promise<Outcome> {
    const complaints = new Complaints();
    const inCloud = Math.max(A_JOB, Math.round(volume * CLOUD));
    let jobs = 0;
    for (let met = 0; met < inCloud; met += A_JOB) {
      await oneCloudJob(chance, complaints);
      jobs += 1;
      if (jobs % 5 === 0) say(`${met + A_JOB} faults in the cloud`);
    }
    const rest = volume - jobs * A_JOB;
    const downloads = await allDownloads(rest, chance, complaints);
    const notes = [
      `${jobs * A_JOB} of them in ${jobs} cloud jobs, each of which was paid once`,
      `${rest} in ${downloads} downloads`,
    ];
    return { done: volume, bad: complaints.list, notes };
  },
};

const pick = <T>(chance: Chance, values: readonly T[]): T => values[Math.floor(chance.fraction() * values.length)]!;

async function oneCloudJob(chance: Chance, complaints: Complaints): Promise<void> {
  await using house = await openCloudHouse();
  const { emulator } = house;
  const places = chance.shuffled(steps).slice(0, A_JOB);
  const names = places.map((at) => {
    const [name, make] = pick(chance, Object.entries(cloudTroubles));
    emulator.faults.add(at, make());
    return `${name} at ${at}`;
  });
  const job = await house.upscale(await house.clip('sea.mp4', { frames: 10 }));
  complaints.expect(job.state === 'succeeded', () => `${names.join(', ')}: ${job.error?.code}`);
  const paid = emulator.requests.filter(({ upload }) => upload !== undefined);
  const once =
    paid.length === 1 && emulator.account.charged === paid[0]?.quote.cost[0] && emulator.account.reserved === 0;
  complaints.expect(
    once,
    () => `${names.join(', ')}: ${paid.length} requests paid, ${emulator.account.charged} credits`,
  );
}

/** Downloads until there were enough faults; each is asked for again as long as it fails for a reason that passes. */
async function allDownloads(volume: number, chance: Chance, complaints: Complaints): Promise<number> {
  await using server = await serveFiles();
  const download = createDownload({ plainOrigin: server.origin, pause: () => Promise.resolve() });
  let downloads = 0;
  for (let met = 0; met < volume; downloads += 1) {
    using folder = tempDir();
    const target = folder.file('model.part');
    const line = new Line();
    const faults = Array.from({ length: Math.min(volume - met, 1 + Math.floor(chance.fraction() * 4)) }, () =>
      fault(chance, line),
    );
    met += faults.length;
    server.answers(...faults.map(({ answer }) => answer), file(content));
    const names = faults.map(({ name }) => name).join(', ');
    const wanted = publishedAt(`${server.origin}/model`, content);
    const once = (): Promise<string> =>
      codeOf(
        download(wanted, {
          file: target,
          signal: new AbortController().signal,
          report: (bytes) => line.reached(bytes),
        }),
      );
    let code = await once();
    for (let again = 0; again < 5 && code !== 'no error'; again++) code = await once();
    complaints.expect(code === 'no error', () => `${names}: ${code}`);
    complaints.expect(code !== 'no error' || readFileSync(target).equals(content), () => `${names}: other bytes`);
    rmSync(target, { force: true });
  }
  return downloads;
}

function fault(chance: Chance, line: Line): { name: string; answer: Answer } {
  // Not before the first byte: nobody would say that it is there, and the line would hang until it counts as silent.
  const breaks = { after: 1 + Math.floor(chance.fraction() * 150_000), line };
  const kinds: Readonly<Record<string, Answer>> = {
    'breaks off': file(content, { breaks }),
    'breaks off and knows no ranges': file(content, { breaks, ranges: false }),
    'another file meanwhile': file(
      content.map((value) => value ^ 1),
      { etag: '"two"', breaks },
    ),
    'hangs up at once': (_, response) => void response.destroy(),
    'an error': status(500),
    'too many requests': status(429, { 'retry-after': '1' }),
    'a gateway that is down': status(502),
    'a range that is not there': status(416),
    'an empty answer': status(200, { 'content-length': '0' }),
  };
  const [name, answer] = pick(chance, Object.entries(kinds));
  return { name, answer };
}
