import { type DaemonClient, isSettled, type View } from '@uprez/shared';
import { useAsking } from '../state/use-asking.ts';

/** How much is left, and the switch that pauses the queue. */
export function QueueBar({ view, client }: { view: View; client: DaemonClient | undefined }) {
  const { ask, busy } = useAsking();
  const { paused } = view.settings;
  const open = view.jobs.filter((job) => !isSettled(job.state)).length;
  return (
    <header>
      <h1>Uprez</h1>
      <span className="quiet">{open === 0 ? 'Nothing to do' : `${open} to do${paused ? ', paused' : ''}`}</span>
      <button
        type="button"
        disabled={!client || busy}
        onClick={() => void ask(async () => client?.call('changeSettings', { paused: !paused }))}
      >
        {paused ? 'Resume queue' : 'Pause queue'}
      </button>
    </header>
  );
}
