import type { Action, Project } from '@adobe/premierepro';
import { AppError } from '@uprez/shared';

/*
 * Every call to the host goes through this file: exceptions that reach the host have brought its script engine down, and
 * answers that never come must not stop the panel.
 */

const PATIENCE_MS = 20_000;

/** Asks the host something. Throws `host.silent` and `host.failed`. */
export async function ask<T>(what: string, question: () => Promise<T> | T, patienceMs = PATIENCE_MS): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new AppError('host.silent', { what })), patienceMs);
  });
  try {
    return await Promise.race([question(), silence]);
  } catch (cause) {
    throw cause instanceof AppError ? cause : new AppError('host.failed', { what }, { cause });
  } finally {
    clearTimeout(timer);
  }
}

/** Asks, and takes no for an answer: undefined where the host throws, stays silent or has nothing. */
export async function askMaybe<T>(question: () => Promise<T> | T): Promise<NonNullable<T> | undefined> {
  try {
    return (await ask('', question)) ?? undefined;
  } catch {
    return undefined;
  }
}

/**
 * Changes the project: all actions or none, one step of undo called `name`. Actions are made inside the lock, since they
 * are void outside it. Throws `host.refused` and `host.failed`; nothing is changed then.
 */
export function transact(project: Project, name: string, actions: () => readonly Action[]): void {
  let done = false;
  let failure: unknown;
  const attempt = (work: () => void): void => {
    try {
      work();
    } catch (cause) {
      failure = cause;
    }
  };
  const inLock = (): void => {
    const made = actions();
    if (made.length === 0) done = true;
    else
      done = project.executeTransaction((compound) => {
        attempt(() => {
          for (const action of made) if (!compound.addAction(action)) throw new Error('action not accepted');
        });
      }, name);
  };
  attempt(() => project.lockedAccess(() => attempt(inLock)));
  if (failure !== undefined) throw new AppError('host.failed', { what: name }, { cause: failure });
  if (!done) throw new AppError('host.refused', { what: name });
}

/** A callback for the host: nothing that happens in it reaches the host. */
export function harmless(work: () => void): () => void {
  return () => {
    try {
      work();
    } catch (error) {
      // For the developer tools; the panel shows what it can read the next time it looks.
      // oxlint-disable-next-line no-console
      console.error(error);
    }
  };
}
