import type { Job, JobReport, LogLine } from '@uprez/shared';
import { useEffect, useState } from 'react';
import { ErrorNotice } from '../error-notice.tsx';
import { BeforeAfterThumbnails, Warnings } from '../job-details.tsx';
import { Fact, JobFacts } from '../job-facts.tsx';
import { useSurroundings } from '../surroundings.ts';
import { byteSize, fileName, logText, words } from '../words.ts';
import { Compare } from './compare.tsx';

/** Everything about one job, beside the queue. */
export function JobPane({ job, onClose }: { job: Job; onClose(): void }) {
  const [comparing, setComparing] = useState(false);
  const name = fileName(job.task.source);
  return (
    <section className="pane" aria-label={words.detailsOf(name)}>
      <div className="line">
        <h2 className="grow cut">{name}</h2>
        {job.output && (
          <button type="button" className="primary" onClick={() => setComparing(true)}>
            {words.compare}
          </button>
        )}
        {job.output && (
          <a className="button" href={`/jobs/${job.id}/result`} download>
            {words.download}
          </a>
        )}
        <button type="button" className="quiet-button" onClick={onClose}>
          {words.close}
        </button>
      </div>
      <BeforeAfterThumbnails job={job} width={200} />
      <Warnings job={job} />
      <JobFacts job={job} />
      <Report job={job} />
      {comparing && <Compare job={job} onClose={() => setComparing(false)} />}
    </section>
  );
}

/** What only the daemon knows: its books and its log. */
function Report({ job }: { job: Job }) {
  const report = useReport(job);
  if (!report) return null;
  const { accelerators, peakMemory, segments, errors } = report.report;
  return (
    <>
      {Object.entries(accelerators).map(([process, what]) => (
        <Fact key={process} name={words.computesWith}>
          {what}
        </Fact>
      ))}
      {Object.entries(peakMemory).map(([process, bytes]) => (
        <Fact key={process} name={words.memoryOf(process)}>
          {byteSize(bytes)}
        </Fact>
      ))}
      {segments.total > 0 && <Fact name={words.segments}>{`${segments.done} of ${segments.total}`}</Fact>}
      {errors.map(({ at, attempt, error }) => (
        <div key={`${at}-${attempt}`}>
          <span className="quiet numbers">{new Date(at).toLocaleTimeString()}</span>
          <ErrorNotice error={error} />
        </div>
      ))}
      <Log lines={report.lines} />
    </>
  );
}

function Log({ lines }: { lines: readonly LogLine[] }) {
  const [open, setOpen] = useState(false);
  return (
    <div className="log">
      <button type="button" className="quiet-button" aria-expanded={open} onClick={() => setOpen(!open)}>
        {open ? words.hideLog : words.showLog(lines.length)}
      </button>
      {open && (
        <ol aria-label={words.log}>
          {lines.map((line, index) => (
            // oxlint-disable-next-line react/no-array-index-key -- lines of a log never move, and may say the same twice
            <li key={index} className={line.level === 'error' || line.level === 'warning' ? 'bad' : undefined}>
              <span className="quiet numbers">{new Date(line.at).toLocaleTimeString()}</span> {logText(line)}
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

/** Asked again whenever the job has changed. */
function useReport(job: Job): { report: JobReport; lines: LogLine[] } | undefined {
  const { client } = useSurroundings();
  const [found, setFound] = useState<{ report: JobReport; lines: LogLine[] }>();
  const { id, revision } = job;
  useEffect(() => {
    let current = true;
    if (client)
      Promise.all([client.call('reportJob', { id }), client.call('logOfJob', { id })]).then(
        ([report, lines]) => current && setFound({ report, lines }),
        // Removed meanwhile, or no connection: what is shown stays.
        () => {},
      );
    return () => {
      current = false;
    };
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- another revision is why it is asked again
  }, [client, id, revision]);
  return found;
}
