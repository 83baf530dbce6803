import { type ErrorRow, row } from './row.ts';

/** What can’t be done with a job. */
export const jobErrors = {
  'job.no-result': row(
    409,
    false,
    () => 'The job has no result yet.',
    () => 'Wait until it is done.',
  ),
  'job.no-still': row(
    422,
    true,
    (d) => `The frame can't be shown: ${String(d['why'])}.`,
    () => 'Try another frame; the clip itself may still be fine.',
  ),
  'job.cancelled': row(
    409,
    false,
    () => 'The job was cancelled.',
    () => 'Retry it to start again.',
  ),
  'job.not-found': row(
    404,
    false,
    (d) => `There is no job ${String(d['id'])}.`,
    () => '`uprez jobs` lists the jobs.',
  ),
  'job.illegal-action': row(
    409,
    false,
    (d) => `A job that is ${String(d['state'])} can't ${String(d['action'])}.`,
    () => 'Look at the job’s state first.',
  ),
} as const satisfies Record<string, ErrorRow>;
