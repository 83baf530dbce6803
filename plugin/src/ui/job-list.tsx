import type { View } from '@uprez/shared';
import { useReadable } from '../state/use-readable.ts';
import { noNotes } from './no-notes.ts';
import { JobRow } from './job-row.tsx';
import { useSurroundings } from './surroundings.ts';
import { labels } from './words.ts';

interface JobListProps {
  view: View;
  /** Said where there are none. */
  empty: string;
  selected: string | undefined;
  inline: boolean;
  onSelect(id: string): void;
}

/** All jobs, latest first: what was just added is what one looks for. */
export function JobList({ view, empty, selected, inline, onSelect }: JobListProps) {
  const { host, courier } = useSurroundings();
  const notes = useReadable(courier?.notes ?? noNotes);
  const restorable = useReadable(host.restorable);
  if (view.jobs.length === 0) return <p className="quiet empty">{empty}</p>;
  return (
    <ul className="jobs" aria-label={labels.jobs}>
      {view.jobs.toReversed().map((job) => (
        <JobRow
          key={job.id}
          job={job}
          progress={view.progress[job.id]}
          note={notes.get(job.id)}
          restorable={restorable}
          selected={job.id === selected}
          inline={inline}
          onSelect={onSelect}
        />
      ))}
    </ul>
  );
}
