import { AppError } from '@uprez/shared';
import { type Host, nothingSelected, type Readable } from './host.ts';

/** The dashboard in a browser: nothing to select from, nothing to deliver to. */
export const noHost: Host = {
  kind: 'none',
  look: constant({ theme: 'darkest', background: null }),
  selection: constant(nothingSelected),
  restorable: constant(new Set<string>()),
  deliver: () => Promise.resolve([]),
  restore: refuse,
  openInSourceMonitor: refuse,
  reveal: refuse,
};

function refuse(): Promise<never> {
  return Promise.reject(new AppError('host.none'));
}

function constant<T>(value: T): Readable<T> {
  return { get: () => value, subscribe: () => () => {} };
}
