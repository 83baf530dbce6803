import type { Job, JobState, Progress, Quality, Stage } from '@uprez/shared';

/** File name of a path of any platform. */
export function fileName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}

const states: Record<JobState, string> = {
  queued: 'Waiting',
  running: 'Running',
  'awaiting-approval': 'Waiting for approval',
  cancelling: 'Cancelling',
  succeeded: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
};

export function stateText(job: Job): string {
  const { credits, seconds } = job.estimate;
  if (job.state !== 'awaiting-approval' || credits === null) return states[job.state];
  return `Costs ${credits} credits, takes about ${clock(seconds)}`;
}

const stages: Record<Stage, string> = {
  prepare: 'Getting ready',
  upload: 'Uploading',
  download: 'Downloading',
  process: '',
  finish: 'Finishing the file',
  verify: 'Checking the file',
};

/** "43 % · frame 52/120 · 8.4 fps · 0:08 left" */
export function progressText({
  stage,
  fraction,
  framesDone,
  framesTotal,
  framesPerSecond,
  secondsLeft,
}: Progress): string {
  const parts = [`${Math.floor(fraction * 100)} %`, stages[stage] || `frame ${framesDone}/${framesTotal}`];
  if (framesPerSecond !== null) parts.push(`${framesPerSecond.toFixed(1)} fps`);
  if (secondsLeft !== null) parts.push(`${clock(secondsLeft)} left`);
  return parts.join(' · ');
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** " · 48.2 dB self-consistency · flicker 0.97", as far as it was measured. */
export function qualityText({ consistencyDb, flicker }: Quality): string {
  const consistency = consistencyDb === null ? '' : ` · ${consistencyDb.toFixed(1)} dB self-consistency`;
  return flicker === null ? consistency : `${consistency} · flicker ${flicker.toFixed(2)}`;
}

/** " · 0:14" where the job has run, else nothing. */
export function elapsed({ startedAt, endedAt }: Job): string {
  return startedAt === null || endedAt === null ? '' : ` · ${clock((endedAt - startedAt) / 1000)}`;
}

/** Minutes and seconds, rounded up: a job with time left never shows 0:00. */
function clock(seconds: number): string {
  const whole = Math.ceil(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
