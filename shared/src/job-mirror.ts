import type { Job, Progress } from './job.ts';
import type { ServerMessage } from './messages.ts';
import { Settings } from './settings.ts';

/** What a client knows of the daemon. A new object whenever something changed, so that views can compare. */
export interface View {
  readonly jobs: readonly Job[];
  readonly progress: Readonly<Record<string, Progress>>;
  readonly settings: Settings;
}

export const emptyView: View = { jobs: [], progress: {}, settings: Settings.parse({}) };

/** Applies one server message. Older revisions of a job never replace newer ones. */
export function applyMessage(view: View, message: ServerMessage): View {
  switch (message.type) {
    case 'snapshot':
      return { jobs: inOrder(message.jobs), progress: message.progress, settings: message.settings };
    case 'job':
      return withJob(view, message.job);
    case 'job-removed':
      return { ...view, jobs: view.jobs.filter((job) => job.id !== message.id), progress: without(view, message.id) };
    case 'progress':
      return { ...view, progress: { ...view.progress, [message.id]: message.progress } };
    case 'settings':
      return { ...view, settings: message.settings };
    case 'challenge':
    case 'code-challenge':
    case 'paired':
    case 'reply':
    case 'refusal':
    case 'pong':
      return view;
  }
}

function withJob(view: View, job: Job): View {
  const known = view.jobs.find((other) => other.id === job.id);
  if (known && known.revision >= job.revision) return view;
  const jobs = inOrder([...view.jobs.filter((other) => other.id !== job.id), job]);
  return { ...view, jobs, progress: job.state === 'running' ? view.progress : without(view, job.id) };
}

function without(view: View, id: string): View['progress'] {
  return Object.fromEntries(Object.entries(view.progress).filter(([key]) => key !== id));
}

function inOrder(jobs: readonly Job[]): Job[] {
  return [...jobs].sort((a, b) => a.position - b.position);
}
