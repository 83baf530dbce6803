import { AppError, type DaemonClient, isSettled } from '@uprez/shared';
import { chooseDisplay } from './displays.ts';
import { clipName, jobTable, reportLines } from './print.ts';
import { listenForStop } from './stop-signals.ts';
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
  const report = await client.call('reportJob', { id: findId(client, options.id) });
  for (const line of options.json ? [JSON.stringify(report)] : reportLines(report)) terminal.out(line);
}

type Verb = 'cancelJob' | 'retryJob' | 'approveJob' | 'removeJob';

const doneWords: Record<Verb, string> = {
  cancelJob: 'cancelled',
  retryJob: 'queued again',
  approveJob: 'approved',
  removeJob: 'removed from the list',
};

/** Does the same to each job. */
export async function actOnJobs(
  client: DaemonClient,
  request: { verb: Verb; ids: string[] },
  terminal: Terminal,
): Promise<void> {
  const ids = request.ids.map((id) => findId(client, id));
  for (const id of ids) {
    const job = client.view.jobs.find((each) => each.id === id);
    await client.call(request.verb, { id });
    terminal.out(`${id.slice(0, 8)} ${job ? clipName(job) : ''}: ${doneWords[request.verb]}`);
  }
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
function findId(client: DaemonClient, text: string): string {
  const fitting = client.view.jobs.filter((job) => job.id.startsWith(text));
  const exact = fitting.find((job) => job.id === text);
  if (fitting.length === 0) throw new AppError('job.not-found', { id: text });
  if (!exact && fitting.length > 1) throw new UsageError(`“${text}” fits ${fitting.length} jobs. Give more of the id.`);
  return (exact ?? fitting[0])?.id ?? text;
}
