import { basename } from 'node:path';
import type { Job, View } from '@uprez/shared';
import { idOf } from './messages.ts';

/** Something to say on the desktop; `id` is what a click on it does. */
export interface Notice {
  title: string;
  text: string;
  id: string | null;
}

/** What has happened between two views that somebody who looks elsewhere wants to know. */
export function noticesOf(before: View, after: View): Notice[] {
  const known = new Map(before.jobs.map((job) => [job.id, job.state]));
  const { notifyEnded, notifyApproval } = after.settings;
  return after.jobs.flatMap((job) => {
    const state = known.get(job.id);
    // A job that was never seen unfinished is news of an earlier day.
    if (state === undefined || state === job.state) return [];
    if (job.state === 'awaiting-approval') return notifyApproval ? [approvalNotice(job)] : [];
    return notifyEnded ? endNotice(job) : [];
  });
}

function approvalNotice({ task, estimate }: Job): Notice {
  const text = `It costs ${estimate.credits ?? 0} credits. Approve or cancel it in the menu or the dashboard.`;
  return { title: `${basename(task.source)} waits for approval`, text, id: idOf({ do: 'dashboard' }) };
}

/** Who cancels a job knows that it has ended. */
function endNotice({ state, task, output, error }: Job): Notice[] {
  const name = basename(task.source);
  if (state === 'succeeded' && output)
    return [{ title: `${name} is done`, text: basename(output.path), id: idOf({ do: 'reveal', path: output.path }) }];
  if (state !== 'failed') return [];
  const text = error ? `${error.message} ${error.next}` : '';
  return [{ title: `${name} failed`, text, id: idOf({ do: 'dashboard' }) }];
}
