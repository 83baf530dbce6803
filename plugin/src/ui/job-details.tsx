import type { Job } from '@uprez/shared';
import { JobFacts } from './job-facts.tsx';
import { Remark } from './error-notice.tsx';
import { Thumbnail } from './thumbnail.tsx';
import { fileName, words } from './words.ts';

/** Everything about one job, in a narrow column: before and after, warnings, numbers, checks. */
export function JobDetails({ job }: { job: Job }) {
  return (
    <section className="details" aria-label={words.detailsOf(fileName(job.task.source))}>
      <BeforeAfterThumbnails job={job} width={112} />
      <Warnings job={job} />
      <JobFacts job={job} brief />
    </section>
  );
}

export function Warnings({ job }: { job: Job }) {
  return job.warnings.map(({ code, message }) => <Remark key={code} text={message} />);
}

/** The frame in the middle, as it was and as it became. */
export function BeforeAfterThumbnails({ job, width }: { job: Job; width: number }) {
  const { output, estimate } = job;
  const frame = Math.floor((output?.frames ?? estimate.frames) / 2);
  return (
    <div className="before-after">
      <figure>
        <Thumbnail job={job} of="source" frame={frame} width={width} label={words.before} />
        <figcaption className="quiet">{words.before}</figcaption>
      </figure>
      {output && (
        <figure>
          <Thumbnail job={job} of="result" frame={frame} width={width} label={words.after} />
          <figcaption className="quiet">{words.after}</figcaption>
        </figure>
      )}
    </div>
  );
}
