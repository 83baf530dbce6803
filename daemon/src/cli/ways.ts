import type { Config } from '../config.ts';
import { type Connection, connectOrStart, connectToRunning, type StartDaemon } from './connect.ts';
import { SteadyClient } from './steady-client.ts';
import { listenForStop, type StopCode } from './stop-signals.ts';

type Visit = (connection: Connection) => Promise<number | void>;

interface WayParts {
  config: () => Config;
  startDaemon: StartDaemon;
  exit: (code: number) => void;
}

/** The ways in which verbs use the daemon. */
export function waysToTheDaemon({ config, startDaemon, exit }: WayParts) {
  return {
    /** Asks or changes something and leaves; no job is started for it. */
    async glance(visit: Visit): Promise<void> {
      const loaded = config();
      const start = () => startDaemon(loaded, { runJobs: false, lasting: false });
      await using connection = await connectOrStart(loaded, start);
      exit((await visit(connection)) ?? 0);
    },
    /** Makes no sense without a daemon that runs already. */
    async running(visit: Visit): Promise<void> {
      await using connection = await connectToRunning(config());
      exit((await visit(connection)) ?? 0);
    },
    /** Stays with jobs to their end, whichever daemon does them. */
    async stay(work: (client: SteadyClient, stopped: Promise<StopCode>) => Promise<number>): Promise<void> {
      using signals = listenForStop();
      const loaded = config();
      const start = async () => {
        const daemon = await startDaemon(loaded, { runJobs: true, lasting: false });
        void daemon.stopRequested.then(() => signals.stop(143));
        return daemon;
      };
      await using client = new SteadyClient(() => connectOrStart(loaded, start));
      exit(await work(client, signals.stopped));
    },
    /** Is the daemon, as soon as there is no other. */
    async keep(work: (connection: Connection, stopped: Promise<StopCode>) => Promise<'done' | 'again'>): Promise<void> {
      using signals = listenForStop();
      const loaded = config();
      const start = () => startDaemon(loaded, { runJobs: true, lasting: true });
      for (let next = 'again'; next === 'again';) {
        await using connection = await connectOrStart(loaded, start);
        next = await work(connection, signals.stopped);
      }
    },
  };
}
