import { AppError } from '@uprez/shared';

/** The code of the error that a promise or function ends with, to compare. */
export async function codeOf(work: Promise<unknown> | (() => unknown)): Promise<string> {
  try {
    await (typeof work === 'function' ? work() : work);
    return 'no error';
  } catch (error) {
    return error instanceof AppError ? error.code : String(error);
  }
}
