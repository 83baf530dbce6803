import type { DaemonClient, View } from '@uprez/shared';
import { JobRow } from './job-row.tsx';

/** All jobs, latest first: what was just added is what one looks for. */
export function JobList({ view, client }: { view: View; client: DaemonClient | undefined }) {
  if (view.jobs.length === 0) return <p className="quiet">No jobs yet. Add a clip by its path above.</p>;
  return (
    <ul className="jobs" aria-label="Jobs">
      {view.jobs.toReversed().map((job) => (
        <JobRow key={job.id} job={job} progress={view.progress[job.id]} client={client} />
      ))}
    </ul>
  );
}
