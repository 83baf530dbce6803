import { type Job, type JobState, JobState as JobStates } from '@uprez/shared';

/** What a model has done on this computer, as far as the list goes back. */
export interface ModelFigures {
  model: string;
  jobs: number;
  frames: number;
  /** Over the whole of its jobs, reading and writing included. */
  framesPerSecond: number | null;
}

export interface Figures {
  states: Partial<Record<JobState, number>>;
  frames: number;
  outputBytes: number;
  credits: number;
  models: ModelFigures[];
}

/** Jobs in numbers. */
export function figuresOf(jobs: readonly Job[]): Figures {
  const done = jobs.filter((job) => job.output !== null);
  const sum = (of: (job: Job) => number, some: readonly Job[] = done): number =>
    some.reduce((total, job) => total + of(job), 0);
  const models = [...new Set(done.map(({ task }) => task.model))].map((model) => {
    const own = done.filter(({ task }) => task.model === model);
    const [frames, seconds] = [sum(framesOf, own), sum(secondsOf, own)];
    return { model, jobs: own.length, frames, framesPerSecond: seconds > 0 ? frames / seconds : null };
  });
  const states = JobStates.options.map((state): [JobState, number] => [
    state,
    jobs.filter((job) => job.state === state).length,
  ]);
  return {
    states: Object.fromEntries(states.filter(([, number]) => number > 0)),
    frames: sum(framesOf),
    outputBytes: sum(({ output }) => output?.sizeBytes ?? 0),
    credits: sum(({ chargedCredits }) => chargedCredits ?? 0, jobs),
    models: models.toSorted((a, b) => b.frames - a.frames),
  };
}

function framesOf({ output }: Job): number {
  return output?.frames ?? 0;
}

function secondsOf({ startedAt, endedAt }: Job): number {
  return startedAt === null || endedAt === null ? 0 : (endedAt - startedAt) / 1000;
}
