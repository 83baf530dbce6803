import { AppError, type DaemonClient, isSettled, type Job, type View } from '@uprez/shared';

/** What is told about jobs while they run. */
export interface Display {
  show(view: View, jobs: readonly Job[]): void;
}

/** Resolves with the jobs when each has ended or waits for somebody's approval. Rejects when the daemon is lost. */
export function follow(client: DaemonClient, jobs: readonly Job[], display: Display): Promise<Job[]> {
  const known = new Map(jobs.map((job) => [job.id, job]));
  return new Promise((resolve, reject) => {
    const look = (view: View): void => {
      // A job that somebody removed meanwhile keeps the last state it had.
      for (const job of view.jobs) if ((known.get(job.id)?.revision ?? Infinity) < job.revision) known.set(job.id, job);
      const current = [...known.values()];
      display.show(view, current);
      if (!current.every(isOver)) return;
      queueMicrotask(() => stop());
      resolve(current);
    };
    const stop = client.subscribe(look);
    void client.closed.then(() => reject(new AppError('daemon.disconnected')));
  });
}

function isOver(job: Job): boolean {
  return isSettled(job.state) || job.state === 'awaiting-approval';
}
