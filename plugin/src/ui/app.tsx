import type { Courier } from '../flows/courier.ts';
import type { Host } from '../host/host.ts';
import type { DaemonLink, DaemonState } from '../state/daemon-link.ts';
import { useDaemon } from '../state/use-daemon.ts';
import { CloudForm } from './cloud-form.tsx';
import { ErrorNotice } from './error-notice.tsx';
import { JobList } from './job-list.tsx';
import { QueueBar } from './queue-bar.tsx';
import { SelectionBar } from './selection-bar.tsx';
import { TaskForm } from './task-form.tsx';

interface AppProps {
  link: DaemonLink;
  host: Host;
  /** null where there is no timeline to bring results to. */
  courier: Courier | null;
}

/** The whole window: add clips, see the queue. */
export function App({ link, host }: AppProps) {
  const { connection, view, client, error } = useDaemon(link);
  return (
    <main>
      <QueueBar view={view} client={client} />
      <ConnectionNotice connection={connection} error={error} />
      {view.notices.map((notice) => (
        <ErrorNotice key={notice.code} error={notice} />
      ))}
      {host.kind === 'premiere' && <SelectionBar host={host} settings={view.settings} client={client} />}
      <CloudForm settings={view.settings} client={client} />
      <TaskForm settings={view.settings} client={client} />
      <JobList view={view} client={client} />
    </main>
  );
}

const notices: Record<DaemonState['connection'], string | undefined> = {
  open: undefined,
  connecting: undefined,
  lost: 'The connection to the daemon was lost. It comes back by itself; jobs go on meanwhile.',
  refused: 'This page is not connected to the daemon any more. Run `npm start` and open the link it prints.',
  absent: 'Uprez is not running. Start it; this panel connects by itself.',
  unpaired: 'Uprez runs but does not know this panel. Type `uprez pair` and enter the code.',
  outdated: undefined,
};

function ConnectionNotice({ connection, error }: Pick<DaemonState, 'connection' | 'error'>) {
  const notice = notices[connection];
  if (notice)
    return (
      <p className="notice" role="alert">
        {notice}
      </p>
    );
  return connection === 'outdated' && error ? <ErrorNotice error={error} /> : null;
}
