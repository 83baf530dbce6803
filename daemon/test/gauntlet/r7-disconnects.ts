import { setTimeout as pause } from 'node:timers/promises';
import type { Chance } from '../support/chance.ts';
import { startTestDaemon, type TestDaemon } from '../support/daemon.ts';
import type { RawSocket } from '../support/http.ts';
import { ScriptedBackend } from '../support/scripted-backend.ts';
import { newJob } from '../support/tasks.ts';
import { Complaints, type Experiment, type Order, type Outcome } from './experiment.ts';
import { admit } from './s2-messages.ts';
import { until } from './until.ts';

const AT_ONCE = 8;
/** Older jobs leave the list, so that snapshots stay small. */
const KEPT_JOBS = 20;

export const disconnects: Experiment = {
  id: 'R7',
  claim: 'Clients leave and come back at random: after its snapshot, each hears every change once and in order',
  unit: 'disconnects',
  volume: { full: 1000, short: 40 },
  async run({ volume, chance, say }: Order): Promise<Outcome> {
    await using daemon = await startTestDaemon({ backends: [new ScriptedBackend({ runs: 'finish', slots: 4 })] });
    const complaints = new Complaints();
    // Stays all the time, and so hears everything: what the others hear has to be a piece of that.
    const witness = await admit(daemon.endpointFile);
    const visits: RawSocket[] = [];
    let over = false;
    const noise = makeNoise(daemon, () => over);
    for (let done = 0; done < volume; done += AT_ONCE) {
      visits.push(...(await Promise.all(Array.from({ length: AT_ONCE }, () => visit(daemon, chance)))));
      if (done % 200 === 0) say(`${done + AT_ONCE} disconnects`);
    }
    over = true;
    await noise;
    await until(() => visits.every((socket) => !lastOf(socket) || textsOf(witness).has(lastOf(socket)!)));
    const told = eventsOf(witness).map((event) => JSON.stringify(event));
    for (const socket of visits) {
      const complaint = complaintAbout(socket, told);
      complaints.expect(complaint === undefined, () => complaint ?? '');
    }
    const heard = visits.reduce((sum, socket) => sum + eventsOf(socket).length, 0);
    return {
      done: visits.length,
      bad: complaints.list,
      notes: [`${told.length} changes told, ${heard} heard by those who left`],
    };
  },
};

/** Comes, listens for a moment and leaves. */
async function visit(daemon: TestDaemon, chance: Chance): Promise<RawSocket> {
  const socket = await admit(daemon.endpointFile);
  await pause(chance.fraction() * 40);
  socket.close();
  await socket.closed;
  return socket;
}

/** Jobs that come, run, end and go. */
async function makeNoise(daemon: TestDaemon, over: () => boolean): Promise<void> {
  const client = await daemon.connect();
  for (let i = 0; !over(); i++) {
    await client.call('addJobs', { jobs: [newJob({ source: `/clips/${i}.mp4` })] });
    if (i % 5 === 0) await client.call('changeSettings', { handles: i % 100 });
    const ended = client.view.jobs.filter(({ state }) => state === 'succeeded');
    for (const { id } of ended.slice(0, Math.max(0, ended.length - KEPT_JOBS))) await client.call('removeJob', { id });
    await pause(1);
  }
}

type Heard = Record<string, unknown>;

function eventsOf(socket: RawSocket): Heard[] {
  const start = socket.heard.findIndex(({ type }) => type === 'snapshot');
  return socket.heard.slice(start + 1).filter(({ type }) => type === 'job' || type === 'job-removed');
}

function lastOf(socket: RawSocket): string | undefined {
  const last = eventsOf(socket).at(-1);
  return last && JSON.stringify(last);
}

function textsOf(socket: RawSocket): Set<string> {
  return new Set(eventsOf(socket).map((event) => JSON.stringify(event)));
}

/** What is wrong with what somebody heard, or undefined. */
function complaintAbout(socket: RawSocket, told: readonly string[]): string | undefined {
  const events = eventsOf(socket).map((event) => JSON.stringify(event));
  if (events.length === 0) return undefined;
  const from = told.indexOf(events[0]!);
  if (from < 0) return 'a change that nobody told';
  const gap = events.findIndex((event, i) => event !== told[from + i]);
  if (gap >= 0) return `change ${gap} of ${events.length} is not the one that was told then`;
  return missingBefore(socket, told.slice(0, from));
}

/** Whatever was told before the first change that was heard has to be in the snapshot already. */
function missingBefore(socket: RawSocket, earlier: readonly string[]): string | undefined {
  const { jobs } = socket.heard.find(({ type }) => type === 'snapshot') as { jobs: { id: string; revision: number }[] };
  const known = new Map(jobs.map(({ id, revision }) => [id, revision]));
  const gone = new Set(
    earlier.map((text) => JSON.parse(text) as Heard).flatMap(({ type, id }) => (type === 'job-removed' ? [id] : [])),
  );
  const lost = earlier
    .map((text) => (JSON.parse(text) as { job?: { id: string; revision: number } }).job)
    .find((job) => job && !gone.has(job.id) && (known.get(job.id) ?? -1) < job.revision);
  return lost && `a change of job ${lost.id} is neither in the snapshot nor among what came after it`;
}
