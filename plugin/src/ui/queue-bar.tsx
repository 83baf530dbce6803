import { isSettled, type View } from '@uprez/shared';
import type { ReactNode } from 'react';
import { useAsking } from '../state/use-asking.ts';
import { useSurroundings } from './surroundings.ts';
import { words } from './words.ts';

/** How much is left, and the switch that pauses the queue. */
export function QueueBar({ view, children }: { view: View; children?: ReactNode }) {
  const { client } = useSurroundings();
  const { ask, busy } = useAsking();
  const { paused } = view.settings;
  const open = view.jobs.filter((job) => !isSettled(job.state)).length;
  return (
    <header className="queue-bar line">
      <h1>Uprez</h1>
      {children}
      <span className="quiet grow cut queue-count" role="status">
        {words.toDo(open, paused)}
      </span>
      <button
        type="button"
        className="quiet-button"
        disabled={!client || busy}
        onClick={() => void ask(async () => client?.call('changeSettings', { paused: !paused }))}
      >
        {paused ? words.resumeQueue : words.pauseQueue}
      </button>
    </header>
  );
}
