import { basename } from 'node:path';
import { AppError } from '@uprez/shared';
import type { Request, RequestHandler, Response } from 'express';
import type { JobQueue } from '../jobs/job-queue.ts';
import type { Uploads } from '../jobs/uploads.ts';
import type { Logger } from '../log.ts';
import { refusal } from './reply.ts';

/** An upload of which nothing comes for so long has died. */
const IDLE_MS = 60_000;
/** Time in which a sender that was refused may still send: one that is cut off at once never reads why. */
const GRACE_MS = 2000;

/** `POST /uploads?name=clip.mp4` with the clip's bytes as the body. Answers with an `Upload`. */
export function uploadRoute({ uploads, log }: { uploads: Uploads; log: Logger }): RequestHandler {
  return async (request, response) => {
    request.setTimeout(IDLE_MS, () => request.destroy());
    try {
      response.json(await uploads.take({ name: nameOf(request), sizeBytes: lengthOf(request), bytes: request }));
    } catch (error) {
      refuseUpload(request, response, refusal(error, log));
    }
  };
}

/** `GET /jobs/:id/result`: the finished file, as a download. Ranges of it too. */
export function downloadRoute({ queue }: { queue: JobQueue }): RequestHandler {
  return (request, response, next) => {
    const { output } = queue.get(String(request.params['id']));
    if (!output) throw new AppError('job.no-result');
    // Folders of data may begin with a dot, as ~/.local does.
    response.download(output.path, basename(output.path), { dotfiles: 'allow' }, (error?: Error) => {
      if (error && !response.headersSent)
        next(new AppError('input.missing', { file: basename(output.path) }, { cause: error }));
    });
  };
}

function refuseUpload(request: Request, response: Response, { status, error }: ReturnType<typeof refusal>): void {
  if (response.destroyed) return;
  request.unpipe();
  request.resume();
  response.status(status).set('Connection', 'close').json({ error });
  response.once('finish', () => {
    setTimeout(() => request.destroy(), GRACE_MS).unref();
  });
}

function nameOf(request: Request): string {
  const { name } = request.query;
  if (typeof name !== 'string' || name === '') throw new AppError('request.invalid', { why: 'name: a file name' });
  return name;
}

function lengthOf(request: Request): number | null {
  const length = request.headers['content-length'];
  return length === undefined ? null : Number(length);
}
