import { AppError, type DaemonClient, isSettled, type Job } from '@uprez/shared';
import { cancelCostOf } from './cancel-cost.ts';
import { chooseDisplay } from './displays.ts';
import { clipName, jobTable, reportLines } from './print.ts';
import { stayToTheEnd } from './stay.ts';
import type { SteadyClient } from './steady-client.ts';
import { listenForStop, type StopCode } from './stop-signals.ts';
import type { Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

/** The whole list, or everything about one job. */
export async function showJobs(
  client: DaemonClient,
  options: { id: string | undefined; json: boolean },
  terminal: Terminal,
): Promise<void> {
  if (options.id === undefined) {
    const lines = options.json ? [JSON.stringify(client.view.jobs)] : jobTable(client.view);
    for (const line of lines) terminal.out(line);
    return;
  }
  const report = await client.call('reportJob', { id: findJob(client, options.id).id });
  for (const line of options.json ? [JSON.stringify(report)] : reportLines(report)) terminal.out(line);
}

type Verb = 'cancelJob' | 'retryJob' | 'approveJob' | 'removeJob';

const doneWords: Record<Verb, string> = {
  cancelJob: 'cancelled',
  retryJob: 'queued again',
  approveJob: 'approved',
  removeJob: 'removed from the list',
};

/** Does the same to each job. Resolves to the jobs as they are then. */
export async function actOnJobs(
  client: DaemonClient,
  { verb, ids, yes = true }: { verb: Verb; ids: string[]; yes?: boolean },
  terminal: Terminal,
): Promise<Job[]> {
  const jobs = ids.map((id) => findJob(client, id));
  const changed: Job[] = [];
  for (const job of jobs) {
    if (verb === 'cancelJob') await expectAgreed(client, { job, yes }, terminal);
    if (verb === 'removeJob') await client.call(verb, { id: job.id });
    else changed.push(await client.call(verb, { id: job.id }));
    terminal.note(`${job.id.slice(0, 8)} ${clipName(job)}: ${doneWords[verb]}`);
  }
  return changed;
}

/** Says what cancelling costs, and asks for more than one word where it costs anything. */
async function expectAgreed(
  client: DaemonClient,
  { job, yes }: { job: Job; yes: boolean },
  terminal: Terminal,
): Promise<void> {
  const cost = await cancelCostOf(client, job);
  if (cost?.charged === 0) return;
  const words = cost
    ? `cancelling now costs ${cost.charged} credits; ${cost.refunded} come back.`
    : 'what cancelling costs can’t be said at the moment.';
  terminal.note(`${clipName(job)}: ${words}`);
  if (!yes) throw new UsageError(`To cancel all the same, type: uprez cancel ${job.id.slice(0, 8)} --yes`);
}

/** Sets jobs going; where no daemon runs that would do them, stays with them. Resolves to the exit code. */
export async function setGoing(
  daemon: SteadyClient,
  { stopped, ...request }: { verb: Verb; ids: string[]; stopped: Promise<StopCode> },
  terminal: Terminal,
): Promise<number> {
  const { jobs, own } = await daemon.use(async (client, connection) => ({
    jobs: await actOnJobs(client, request, terminal),
    own: connection.own !== undefined,
  }));
  return own ? stayToTheEnd(daemon, { jobs, refused: [] }, { stopped, json: false, terminal }) : 0;
}

/** Shows all jobs until Ctrl-C or the daemon's end. Resolves to the exit code. */
export async function watch(client: DaemonClient, json: boolean, terminal: Terminal): Promise<number> {
  using signals = listenForStop();
  const display = chooseDisplay(terminal, json);
  const before = new Set(client.view.jobs.filter((job) => isSettled(job.state)).map((job) => job.id));
  const stop = client.subscribe((view) =>
    display.show(
      view,
      view.jobs.filter((job) => !before.has(job.id)),
    ),
  );
  const code = await Promise.race([signals.stopped, client.closed.then(() => 'lost' as const)]);
  stop();
  if (code === 'lost') throw new AppError('daemon.disconnected');
  return code;
}

/** Ids may be shortened as long as they fit one job. */
function findJob(client: DaemonClient, text: string): Job {
  const fitting = client.view.jobs.filter((job) => job.id.startsWith(text));
  const [job] = fitting;
  if (!job) throw new AppError('job.not-found', { id: text });
  if (fitting.length > 1) throw new UsageError(`“${text}” fits ${fitting.length} jobs. Give more of the id.`);
  return job;
}
