import type { View } from '@uprez/shared';
import { useCallback, useState } from 'react';
import { useAsking } from '../state/use-asking.ts';
import type { DaemonState } from '../state/daemon-link.ts';
import { ConnectionNotice } from './connection.tsx';
import { ErrorNotice } from './error-notice.tsx';
import { JobList } from './job-list.tsx';
import { QueueBar } from './queue-bar.tsx';
import { SelectionView } from './selection-view.tsx';
import { useSurroundings } from './surroundings.ts';
import { words } from './words.ts';

/** The panel: selection above, queue below, one column. */
export function PanelView({ state }: { state: DaemonState }) {
  const { view, connection, error } = state;
  const [chosen, setChosen] = useState<string>();
  const choose = useCallback((id: string) => setChosen((before) => (before === id ? undefined : id)), []);
  return (
    <main className="panel">
      <QueueBar view={view} />
      <ConnectionNotice connection={connection} error={error} />
      <Notices view={view} />
      <SelectionView view={view} />
      <JobList view={view} empty={words.noJobsPanel} selected={chosen} inline onSelect={choose} />
      <DashboardButton />
    </main>
  );
}

/** What the user should know about this run of the daemon. */
export function Notices({ view }: { view: View }) {
  return view.notices.map((notice) => <ErrorNotice key={notice.code} error={notice} />);
}

function DashboardButton() {
  const { client } = useSurroundings();
  const { ask, busy, error } = useAsking();
  return (
    <footer className="line">
      <button
        type="button"
        className="quiet-button"
        disabled={!client || busy}
        onClick={() => void ask(async () => client?.call('showDashboard', {}))}
      >
        {words.openDashboard}
      </button>
      {error && <ErrorNotice error={error} />}
    </footer>
  );
}
