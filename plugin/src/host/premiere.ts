import { Changing } from './changing.ts';
import type { Host } from './host.ts';
import type { Memory } from './premiere-bin.ts';
import { deliverAll } from './premiere-delivery.ts';
import { ask, askMaybe } from './premiere-guard.ts';
import { followLook } from './premiere-look.ts';
import { ppro, uxp } from './premiere-modules.ts';
import { readRestorable, restore } from './premiere-restore.ts';
import { followSelection } from './premiere-selection.ts';

/** Premiere Pro, from the inside. What changes a project happens one after the other. */
export function premiereHost(memory: Memory): Host {
  const selection = followSelection();
  const restorable = new Changing<ReadonlySet<string>>(new Set(), (jobs) => [...jobs].join());
  const refresh = async (): Promise<void> => restorable.set((await askMaybe(readRestorable)) ?? new Set());
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work);
    last = turn.then(refresh, refresh);
    return turn;
  };
  let project: string | undefined;
  selection.subscribe(() => {
    const now = selection.get().project?.id;
    if (now !== project) void refresh();
    project = now;
  });
  return {
    kind: 'premiere',
    look: followLook(),
    selection,
    restorable,
    deliver: (deliveries) => inTurn(() => deliverAll(deliveries, memory)),
    restore: (jobId) => inTurn(() => restore(jobId)),
    openInSourceMonitor: async (path) => {
      await ask('open the clip', () => ppro.SourceMonitor.openFilePath(path));
    },
    reveal: async (path) => {
      const folder = path.slice(0, Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')));
      await ask('show the folder', () => uxp.shell.openPath(folder, 'Shows where the file lies.'));
    },
  };
}
