import type { Job, Progress } from '@uprez/shared';
import type { DeliveryNote } from '../flows/courier.ts';
import { about, stageNames, stateNames } from './words.ts';

/** Where a job stands, in a word or two, and how loudly to say it. */
export interface Status {
  text: string;
  tone: 'quiet' | 'work' | 'good' | 'ask' | 'bad';
}

export function statusOf(job: Job, note: DeliveryNote | undefined): Status {
  switch (job.state) {
    case 'queued':
      return job.waitingFor ? { text: 'Held', tone: 'ask' } : { text: stateNames.queued, tone: 'quiet' };
    case 'running':
      return { text: stateNames.running, tone: 'work' };
    case 'awaiting-approval':
      return { text: priceText(job), tone: 'ask' };
    case 'succeeded':
      return doneStatus(note);
    case 'failed':
      return { text: stateNames.failed, tone: 'bad' };
    case 'cancelling':
    case 'cancelled':
      return { text: stateNames[job.state], tone: 'quiet' };
  }
}

function priceText({ estimate: { credits, seconds } }: Job): string {
  return credits === null ? stateNames['awaiting-approval'] : `Costs ${credits} credits, takes ${about(seconds)}`;
}

function doneStatus(note: DeliveryNote | undefined): Status {
  switch (note?.kind) {
    case 'waiting':
      return { text: `Waits for project “${note.project}”`, tone: 'quiet' };
    case 'delivering':
      return { text: 'Importing', tone: 'work' };
    case 'delivered':
      return { text: note.report.mode === 'above' ? 'On the timeline' : 'In the project', tone: 'good' };
    case 'failed':
      return { text: 'Done, not imported', tone: 'bad' };
    case undefined:
      return { text: stateNames.succeeded, tone: 'good' };
  }
}

/** "43 %", "frame 52/120", "8.4 fps", "about 2 min left": as much of it as is known. */
export function progressParts({ stage, fraction, framesDone, framesTotal, ...pace }: Progress): string[] {
  const parts = [`${Math.floor(fraction * 100)} %`];
  parts.push(stage === 'process' ? `frame ${framesDone}/${framesTotal}` : stageNames[stage]);
  if (pace.framesPerSecond !== null) parts.push(`${pace.framesPerSecond.toFixed(1)} fps`);
  if (pace.secondsLeft !== null) parts.push(`${about(pace.secondsLeft)} left`);
  return parts;
}
