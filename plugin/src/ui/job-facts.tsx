import type { Check, Job } from '@uprez/shared';
import { type ReactNode, useState } from 'react';
import { byteSize, checkSummary, count, fileName, qualityRows, sizeText, timeTaken, words } from './words.ts';

/** Numbers and checks of a job's result, or of what it will be. */
export function JobFacts({ job, brief = false }: { job: Job; brief?: boolean }) {
  return (
    <div className="facts">
      {factsOf(job, brief).map(([name, value]) => (
        <Fact key={name} name={name}>
          {value}
        </Fact>
      ))}
      {job.output && <Checks checks={job.output.checks} open={!brief} />}
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

function Checks({ checks, open }: { checks: readonly Check[]; open: boolean }) {
  const [shown, setShown] = useState(open);
  return (
    <>
      <Fact name={words.checks}>
        {checkSummary(checks)}
        <button type="button" className="quiet-button" aria-expanded={shown} onClick={() => setShown(!shown)}>
          {shown ? words.hideChecks : words.showChecks}
        </button>
      </Fact>
      {shown &&
        checks.map(({ what, expected, found, ok }) => (
          <Fact key={what} name={what}>
            <span className={ok ? 'good' : 'bad'}>{ok ? '✓' : '✗'}</span>{' '}
            {ok ? found : `${found}, expected ${expected}`}
          </Fact>
        ))}
    </>
  );
}

function factsOf(job: Job, brief: boolean): [string, string][] {
  const { output, estimate, media, chargedCredits } = job;
  const taken = timeTaken(job);
  const rows: [string, string][] = [['Source', `${sizeText(media)} · ${media.codec} · ${fileName(job.task.source)}`]];
  if (output) {
    const { frames, sizeBytes, path } = output;
    rows.push(
      ['Result', brief ? fileName(path) : path],
      ['Size', `${sizeText(output)} · ${count(frames, 'frame')} · ${byteSize(sizeBytes)}`],
    );
    if (output.quality) rows.push(...qualityRows(output.quality));
  } else rows.push(['Result', `${sizeText(estimate)} · ${count(estimate.frames, 'frame')}`]);
  if (taken !== undefined) rows.push(['Time taken', taken]);
  if (chargedCredits !== null) rows.push(['Credits', String(chargedCredits)]);
  return rows;
}
