import { type KeyboardEvent, useCallback, useState } from 'react';
import type { DaemonState } from '../../state/daemon-link.ts';
import { ConnectionNotice } from '../connection.tsx';
import { JobList } from '../job-list.tsx';
import { Notices } from '../panel-view.tsx';
import { QueueBar } from '../queue-bar.tsx';
import { tabNames, words } from '../words.ts';
import { JobPane } from './job-pane.tsx';
import { ModelsView } from './models-view.tsx';
import { SettingsView } from './settings-view.tsx';
import { StatisticsView } from './statistics-view.tsx';
import { TaskForm } from './task-form.tsx';

type Tab = keyof typeof tabNames;

/** The dashboard: the queue beside one of its jobs, and everything else behind tabs. */
export function DashboardView({ state }: { state: DaemonState }) {
  const { view, connection, error } = state;
  const [tab, setTab] = useState<Tab>('queue');
  return (
    <main className="wide">
      <QueueBar view={view}>
        <Tabs tab={tab} choose={setTab} />
      </QueueBar>
      <ConnectionNotice connection={connection} error={error} />
      <Notices view={view} />
      <div role="tabpanel" id={`panel-${tab}`} aria-labelledby={`tab-${tab}`}>
        {tab === 'queue' && <QueueTab state={state} />}
        {tab === 'models' && <ModelsView view={view} />}
        {tab === 'statistics' && <StatisticsView view={view} />}
        {tab === 'settings' && <SettingsView settings={view.settings} />}
      </div>
      {view.version && <footer className="quiet">Uprez {view.version}</footer>}
    </main>
  );
}

function QueueTab({ state: { view } }: { state: DaemonState }) {
  const [chosen, setChosen] = useState<string>();
  const choose = useCallback((id: string) => setChosen((before) => (before === id ? undefined : id)), []);
  const job = view.jobs.find(({ id }) => id === chosen);
  return (
    <>
      <TaskForm settings={view.settings} />
      <div className="columns">
        <div className="column">
          <JobList view={view} empty={words.noJobs} selected={job?.id} inline={false} onSelect={choose} />
        </div>
        {job && (
          <div className="column">
            <JobPane key={job.id} job={job} onClose={() => setChosen(undefined)} />
          </div>
        )}
      </div>
    </>
  );
}

/** As the ARIA practices have tabs: one stop for the Tab key, arrows between them. */
function Tabs({ tab, choose }: { tab: Tab; choose(tab: Tab): void }) {
  const tabs = Object.keys(tabNames) as Tab[];
  const move = (event: KeyboardEvent<HTMLElement>): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const next = step === undefined ? undefined : tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length];
    if (next === undefined) return;
    choose(next);
    document.getElementById(`tab-${next}`)?.focus();
  };
  return (
    <div className="tabs" role="tablist" onKeyDown={move}>
      {tabs.map((name) => (
        <button
          key={name}
          id={`tab-${name}`}
          type="button"
          role="tab"
          className={name === tab ? 'tab chosen' : 'tab'}
          aria-selected={name === tab}
          aria-controls={`panel-${name}`}
          tabIndex={name === tab ? 0 : -1}
          onClick={() => choose(name)}
        >
          {tabNames[name]}
        </button>
      ))}
    </div>
  );
}
