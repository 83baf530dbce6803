import { AppError } from '@uprez/shared';
import { expectRoom } from '../media/disk-room.ts';
import { whyAway } from '../media/volume.ts';

/** What a job needs of the drives that it reads from and writes to. */
export interface Needs {
  source: string;
  /** Null before the job has decided where its result goes. */
  result: {
    folder: string;
    /** The unfinished file, where there is one to go on with. */
    partial: string | null;
    missingBytes: number;
  } | null;
}

/** What keeps a job from going on for reasons that pass: drives that are away or full. Undefined where nothing does. */
export async function obstacleTo({ source, result }: Needs): Promise<AppError | undefined> {
  for (const path of [source, result?.partial ?? null]) {
    const why = path === null ? undefined : await whyAway(path);
    if (why !== undefined) return new AppError('setup.volume-away', { path, why });
  }
  if (!result) return undefined;
  const away = await whyAway(result.folder);
  if (away !== undefined) return new AppError('setup.volume-away', { path: result.folder, why: away });
  return roomIn(result.folder, result.missingBytes);
}

async function roomIn(folder: string, bytes: number): Promise<AppError | undefined> {
  try {
    await expectRoom(folder, bytes);
    return undefined;
  } catch (error) {
    // What else is wrong with the folder is for the next run to say.
    return error instanceof AppError ? error : undefined;
  }
}

/** Errors that a job waits out. */
export function isObstacle({ code }: AppError): boolean {
  return code === 'setup.disk-full' || code === 'setup.volume-away';
}
