import type { Check, Job } from '@uprez/shared';
import type { ReactNode } from 'react';
import { byteSize, checkSummary, count, fileName, qualityRows, sizeText, timeTaken } from './words.ts';

/** Numbers and checks of a job's result, or of what it will be. */
export function JobFacts({ job }: { job: Job }) {
  return (
    <div className="facts">
      {factsOf(job).map(([name, value]) => (
        <Fact key={name} name={name}>
          {value}
        </Fact>
      ))}
      {job.output && <Checks checks={job.output.checks} />}
    </div>
  );
}

export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="fact">
      <span className="quiet fact-name">{name}</span>
      <span className="grow fact-value">{children}</span>
    </div>
  );
}

function Checks({ checks }: { checks: readonly Check[] }) {
  return (
    <>
      <Fact name="Checks">{checkSummary(checks)}</Fact>
      {checks.map(({ what, expected, found, ok }) => (
        <Fact key={what} name={what}>
          <span className={ok ? 'good' : 'bad'}>{ok ? '✓' : '✗'}</span> {ok ? found : `${found}, expected ${expected}`}
        </Fact>
      ))}
    </>
  );
}

function factsOf(job: Job): [string, string][] {
  const { output, estimate, media, chargedCredits } = job;
  const taken = timeTaken(job);
  const rows: [string, string][] = [['Source', `${sizeText(media)} · ${media.codec} · ${fileName(job.task.source)}`]];
  if (output) {
    const { frames, sizeBytes, path } = output;
    rows.push(['Result', path], ['Size', `${sizeText(output)} · ${count(frames, 'frame')} · ${byteSize(sizeBytes)}`]);
    if (output.quality) rows.push(...qualityRows(output.quality));
  } else rows.push(['Result', `${sizeText(estimate)} · ${count(estimate.frames, 'frame')}`]);
  if (taken !== undefined) rows.push(['Time taken', taken]);
  if (chargedCredits !== null) rows.push(['Credits', String(chargedCredits)]);
  return rows;
}
