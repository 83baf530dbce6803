import type { Health, JobState, View } from '@uprez/shared';
import { useState } from 'react';
import { figuresOf } from '../../flows/statistics.ts';
import { useAsking } from '../../state/use-asking.ts';
import { useList } from '../../state/use-list.ts';
import { ErrorNotice, Remark } from '../error-notice.tsx';
import { Fact } from '../job-facts.tsx';
import { useSurroundings } from '../surroundings.ts';
import { byteSize, count, stateNames, words } from '../words.ts';

/** What has been done, how fast, what went wrong, and whether everything needed is there. */
export function StatisticsView({ view }: { view: View }) {
  const { client } = useSurroundings();
  const { states, frames, outputBytes, credits, models } = figuresOf(view.jobs);
  const errors = useList('errorStatistics', client, view.jobs.length);
  return (
    <section className="settings" aria-label={words.statistics}>
      <h2>{words.statisticsJobs}</h2>
      {view.jobs.length === 0 && <p className="quiet">{words.noJobsPanel}</p>}
      {Object.entries(states).map(([state, number]) => (
        <Fact key={state} name={stateNames[state as JobState]}>
          {number}
        </Fact>
      ))}
      <Fact name={words.made}>{[count(frames, 'frame'), byteSize(outputBytes)].join(' · ')}</Fact>
      {credits > 0 && <Fact name={words.spent}>{count(credits, 'credit')}</Fact>}
      <h2>{words.statisticsModels}</h2>
      {models.map(({ model, jobs, frames, framesPerSecond }) => (
        <Fact key={model} name={model}>
          {[count(jobs, 'job'), count(frames, 'frame'), ...(framesPerSecond ? [words.fps(framesPerSecond)] : [])].join(
            ' · ',
          )}
        </Fact>
      ))}
      <h2>{words.statisticsErrors}</h2>
      {errors.length === 0 && <p className="quiet">{words.noErrors}</p>}
      {errors.map(({ code, count: times, jobs, lastAt }) => (
        <Fact key={code} name={code}>
          {[count(times, 'time'), count(jobs, 'job'), new Date(lastAt).toLocaleString()].join(' · ')}
        </Fact>
      ))}
      <h2>{words.statisticsHealth}</h2>
      <HealthCheck />
    </section>
  );
}

/** Asked for only when somebody wants to know: it tries models out. */
function HealthCheck() {
  const { client } = useSurroundings();
  const { ask, busy, error } = useAsking();
  const [health, setHealth] = useState<Health>();
  return (
    <>
      <button
        type="button"
        disabled={!client || busy}
        onClick={() => void ask(async () => setHealth(await client?.call('getHealth', {})))}
      >
        {busy ? words.checking : words.checkHealth}
      </button>
      {health?.checks.map(({ name, status, detail, next }) => (
        <div key={name}>
          <Fact name={name}>
            <span className={status === 'ok' ? 'good' : 'bad'}>{status === 'ok' ? '✓' : '✗'}</span> {detail}
          </Fact>
          {next !== null && <Remark text="" next={next} />}
        </div>
      ))}
      {error && <ErrorNotice error={error} />}
    </>
  );
}
