import type { DaemonLink, DaemonState } from '../state/daemon-link.ts';
import { useDaemon } from '../state/use-daemon.ts';
import { CloudForm } from './cloud-form.tsx';
import { ErrorNotice } from './error-notice.tsx';
import { JobList } from './job-list.tsx';
import { QueueBar } from './queue-bar.tsx';
import { TaskForm } from './task-form.tsx';

/** The whole window: add clips, see the queue. */
export function App({ link }: { link: DaemonLink }) {
  const { connection, view, client } = useDaemon(link);
  return (
    <main>
      <QueueBar view={view} client={client} />
      <ConnectionNotice connection={connection} />
      {view.notices.map((notice) => (
        <ErrorNotice key={notice.code} error={notice} />
      ))}
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
};

function ConnectionNotice({ connection }: Pick<DaemonState, 'connection'>) {
  const notice = notices[connection];
  return notice ? (
    <p className="notice" role="alert">
      {notice}
    </p>
  ) : null;
}
