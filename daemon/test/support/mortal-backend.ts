import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Backend, Journal } from '../../src/backends/backend.ts';
import type { CloudCheckpoint } from '../../src/backends/topaz/checkpoint.ts';

/** A file of this name in the folder makes daemons mortal; each death leaves a file that says where it was. */
export const MORTAL = 'mortal';

/**
 * A cloud backend whose process ends, as by a power cut, once at each station of a job and each part of an upload: when
 * what was done is about to be written down, and when that has just happened.
 */
export function mortal(backend: Backend, folder: string): Backend {
  const die = (where: string): void => {
    const grave = join(folder, where);
    if (!existsSync(join(folder, MORTAL)) || existsSync(grave)) return;
    writeFileSync(grave, '');
    process.kill(process.pid, 'SIGKILL');
  };
  const around = (plan: unknown, write: () => void): void => {
    const { station, parts } = plan as CloudCheckpoint;
    const where = `${station} ${parts.done.length}`;
    die(`before ${where}`);
    write();
    die(`after ${where}`);
  };
  const withDeaths = (journal: Journal): Journal => ({
    ...journal,
    savePlan: (plan) => around(plan, () => journal.savePlan(plan)),
    advance: (plan) => around(plan, () => journal.advance(plan)),
  });
  return { ...backend, run: (job) => backend.run({ ...job, journal: withDeaths(job.journal) }) };
}
