import { readdir, rm } from 'node:fs/promises';
import type { Logger } from '../../log.ts';
import type { Books } from '../backend.ts';
import { type CloudCheckpoint, workFiles } from './checkpoint.ts';
import { deleteMedia, type EndingParts, settling, withdraw } from './ending.ts';
import { md5Of } from './extract.ts';
import { isOf, recentRequests } from './history.ts';
import { isWorthHaving, priceOf, type RequestRecord } from './replies.ts';

export interface OrphanParts extends EndingParts {
  books: Books;
  log: Logger;
  deletesMedia: () => boolean;
}

interface Orphan {
  jobId: string;
  files: CloudCheckpoint['files'];
  md5: string;
}

/**
 * Ends the requests of jobs that the database does not know: it was replaced by a backup from before they were added. Their
 * clips still lie in the work folder, and a request is ours, and nobody else's, when its clip is one of these. What is
 * known to have come home is removed; as long as the service can't be asked, everything stays.
 */
export async function endOrphans(folder: string, parts: OrphanParts): Promise<void> {
  const orphans = await orphansIn(folder, parts);
  if (orphans.length === 0) return;
  for await (const record of recentRequests(parts)) {
    const orphan = orphans.find(({ md5 }) => isOf(record, md5));
    if (orphan) await endOne(orphan, record, parts);
  }
  for (const { files } of orphans) for (const file of Object.values(files)) await rm(file, { force: true });
}

async function orphansIn(folder: string, { books, signal }: OrphanParts): Promise<Orphan[]> {
  const names = await readdir(folder).catch(() => []);
  const lost = names
    .flatMap((name) => /^([0-9a-f-]{36})\.clip\.mov$/.exec(name)?.[1] ?? [])
    .filter((id) => !books.hasJob(id));
  const orphans: Orphan[] = [];
  for (const jobId of lost) {
    const files = workFiles(folder, jobId);
    orphans.push({ jobId, files, md5: await md5Of(files.clip, signal) });
  }
  return orphans;
}

/** In the books first: what can't be ended now is ended at the next start. */
async function endOne({ jobId }: Orphan, record: RequestRecord, parts: OrphanParts): Promise<void> {
  const credits = parts.books.creditsOf(jobId);
  if (!isWorthHaving(record) || credits.knows(record.id)) return;
  parts.log.warn({ request: record.id, job: jobId }, 'request of a job that is gone; ending it');
  credits.adopt(record.id, priceOf(record));
  await withdraw(record.id, settling(credits, record.id), parts);
  if (parts.deletesMedia()) await deleteMedia(record.id, parts);
}
