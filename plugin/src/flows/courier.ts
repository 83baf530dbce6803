import { type DaemonClient, type Job, toWire, type View, type WireError } from '@uprez/shared';
import type { Delivery, DeliveryReport, Host, ProjectIdentity, Readable } from '../host/host.ts';
import type { Outbox } from './outbox.ts';
import { deliveryOf } from './reference.ts';

/** What is happening with the result of a job that belongs to a project. */
export type DeliveryNote =
  | { kind: 'waiting'; project: string }
  | { kind: 'delivering' }
  | { kind: 'delivered'; report: DeliveryReport }
  | { kind: 'failed'; error: WireError; report: DeliveryReport | null };

/** Brings finished results home: into the project they belong to, and nowhere else. */
export interface Courier {
  /** By job id; jobs that have nothing to say are missing. */
  readonly notes: Readable<ReadonlyMap<string, DeliveryNote>>;
  /** Tries again what failed, or brings once more what was brought already. */
  deliverAgain(job: Job): Promise<void>;
}

/** The connection, as far as the courier needs it. */
interface Daemon {
  state(): { readonly view: View; readonly client: DaemonClient | undefined };
  subscribe(listener: () => void): () => void;
}

interface CourierParts {
  daemon: Daemon;
  host: Host;
  outbox: Outbox;
}

/**
 * Starts at once and works until the panel is gone. Results that are ready at the same time are delivered together. A
 * result counts as delivered when the host has read it back; the daemon is told after that, as often as it takes.
 */
export function startCourier({ daemon, host, outbox }: CourierParts): Courier {
  const notes = new Notes();
  let busy = false;
  const deliver = async (jobs: readonly Job[], again = false): Promise<void> => {
    const deliveries = jobs.flatMap((job) => deliveryOf(job, again) ?? []);
    if (deliveries.length === 0) return;
    notes.setAll(deliveries, () => ({ kind: 'delivering' }));
    for (const report of await host.deliver(deliveries)) {
      notes.set(report.jobId, noteOf(report));
      if (report.outcome === 'delivered') outbox.add(report.jobId);
    }
  };
  const round = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    try {
      await settle(daemon, outbox);
      await deliver(due(daemon.state().view, { host, notes, outbox }));
      await settle(daemon, outbox);
    } finally {
      busy = false;
    }
    if (due(daemon.state().view, { host, notes, outbox }).length > 0) void round();
  };
  daemon.subscribe(() => void round());
  host.selection.subscribe(() => {
    notes.startOver(host.selection.get().project?.id);
    void round();
  });
  void round();
  return {
    notes,
    async deliverAgain(job) {
      notes.remove(job.id);
      await deliver([job], true);
      await settle(daemon, outbox);
    },
  };
}

interface Surroundings {
  host: Host;
  notes: Notes;
  outbox: Outbox;
}

/** Finished jobs for the open project that nobody has tried to deliver yet; notes for those of other projects. */
function due(view: View, { host, notes, outbox }: Surroundings): Job[] {
  const { project } = host.selection.get();
  return view.jobs.filter((job) => {
    if (job.delivery !== 'pending' || outbox.has(job.id)) return false;
    const delivery = deliveryOf(job);
    if (!delivery) return false;
    if (project && sameProject(delivery, project)) return !notes.tried(job.id);
    notes.set(job.id, { kind: 'waiting', project: delivery.project.name });
    return false;
  });
}

/** A saved copy has the id of its original; a project that was moved keeps its id, too. */
function sameProject({ project }: Delivery, open: ProjectIdentity): boolean {
  return project.id === open.id || (project.path !== '' && project.path === open.path);
}

/** Tells the daemon what has arrived. What it doesn't hear now, it hears with the next change or connection. */
async function settle(daemon: Daemon, outbox: Outbox): Promise<void> {
  for (const id of outbox.ids()) {
    const { client, view } = daemon.state();
    const job = view.jobs.find((candidate) => candidate.id === id);
    if (!client) return;
    if (job?.delivery !== 'pending') outbox.remove(id);
    else
      await client.call('deliverJob', { id }).then(
        () => outbox.remove(id),
        () => {},
      );
  }
}

function noteOf(report: DeliveryReport): DeliveryNote {
  if (report.outcome === 'delivered') return { kind: 'delivered', report };
  return { kind: 'failed', error: report.error ?? toWire(undefined), report };
}

class Notes implements Readable<ReadonlyMap<string, DeliveryNote>> {
  private current: ReadonlyMap<string, DeliveryNote> = new Map();
  private readonly listeners = new Set<() => void>();
  private project: string | undefined;

  readonly get = (): ReadonlyMap<string, DeliveryNote> => this.current;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Failed ones wait for the user, or for the panel to be opened again. */
  tried(jobId: string): boolean {
    const note = this.current.get(jobId);
    return note !== undefined && note.kind !== 'waiting';
  }

  set(jobId: string, note: DeliveryNote): void {
    if (JSON.stringify(this.current.get(jobId)) === JSON.stringify(note)) return;
    this.become(new Map(this.current).set(jobId, note));
  }

  setAll(deliveries: readonly Delivery[], note: () => DeliveryNote): void {
    for (const { jobId } of deliveries) this.set(jobId, note());
  }

  remove(jobId: string): void {
    this.become(new Map([...this.current].filter(([id]) => id !== jobId)));
  }

  /** A project that was closed and opened again is another chance for what failed. */
  startOver(project: string | undefined): void {
    if (project === this.project) return;
    this.project = project;
    this.become(new Map([...this.current].filter(([, { kind }]) => kind !== 'failed')));
  }

  private become(notes: ReadonlyMap<string, DeliveryNote>): void {
    this.current = notes;
    for (const listener of this.listeners) listener();
  }
}
