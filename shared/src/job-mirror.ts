import type { WireError } from './errors.ts';
import type { Job, Progress } from './job.ts';
import type { ServerMessage, Snapshot } from './messages.ts';
import type { ModelPull } from './model.ts';
import { Settings } from './settings.ts';

/** What a client knows of the daemon. A new object whenever something changed, so that views can compare. */
export interface View {
  /** Of the daemon; empty before it has said so. */
  readonly version: string;
  readonly jobs: readonly Job[];
  readonly progress: Readonly<Record<string, Progress>>;
  readonly settings: Settings;
  /** Downloads of models that are under way. */
  readonly pulls: Readonly<Record<string, ModelPull>>;
  /** Grows with every change to the list of models. */
  readonly modelsRevision: number;
  /** What the user should know about this run of the daemon. */
  readonly notices: readonly WireError[];
  /** Grows with every change to the list of paired clients. */
  readonly pairingsRevision: number;
}

export const emptyView: View = {
  version: '',
  jobs: [],
  progress: {},
  settings: Settings.parse({}),
  pulls: {},
  modelsRevision: 0,
  notices: [],
  pairingsRevision: 0,
};

/** Applies one server message. Older revisions of a job never replace newer ones. */
export function applyMessage(view: View, message: ServerMessage): View {
  switch (message.type) {
    case 'snapshot':
      return fromSnapshot(view, message);
    case 'job':
      return withJob(view, message.job);
    case 'job-removed':
      return {
        ...view,
        jobs: view.jobs.filter((job) => job.id !== message.id),
        progress: without(view.progress, message.id),
      };
    case 'progress':
      return { ...view, progress: { ...view.progress, [message.id]: message.progress } };
    case 'settings':
      return { ...view, settings: message.settings, notices: stillTrue(view.notices, message.settings) };
    case 'models':
      return { ...view, modelsRevision: view.modelsRevision + 1 };
    case 'pairings':
      return { ...view, pairingsRevision: view.pairingsRevision + 1 };
    case 'pull':
      return { ...view, pulls: withPull(view.pulls, message.id, message.pull) };
    case 'challenge':
    case 'code-challenge':
    case 'paired':
    case 'reply':
    case 'refusal':
    case 'pong':
      return view;
  }
}

/** Lists that a snapshot doesn't hold may have changed meanwhile. */
function fromSnapshot(view: View, { version, jobs, progress, settings, pulls, notices }: Snapshot): View {
  return {
    jobs: inOrder(jobs),
    modelsRevision: view.modelsRevision + 1,
    pairingsRevision: view.pairingsRevision + 1,
    notices: stillTrue(notices, settings),
    ...{ version, progress, settings, pulls },
  };
}

/** Whoever resumes the queue has seen why it was paused. */
function stillTrue(notices: readonly WireError[], { paused }: Settings): WireError[] {
  return notices.filter(({ code }) => code !== 'daemon.safe-mode' || paused);
}

function withJob(view: View, job: Job): View {
  const known = view.jobs.find((other) => other.id === job.id);
  if (known && known.revision >= job.revision) return view;
  const jobs = inOrder([...view.jobs.filter((other) => other.id !== job.id), job]);
  return { ...view, jobs, progress: job.state === 'running' ? view.progress : without(view.progress, job.id) };
}

function without<T>(entries: Readonly<Record<string, T>>, id: string): Record<string, T> {
  return Object.fromEntries(Object.entries(entries).filter(([key]) => key !== id));
}

function withPull(pulls: View['pulls'], id: string, pull: ModelPull | null): View['pulls'] {
  return pull ? { ...pulls, [id]: pull } : without(pulls, id);
}

function inOrder(jobs: readonly Job[]): Job[] {
  return [...jobs].sort((a, b) => a.position - b.position);
}
