import type { Readable } from './host.ts';

/** A value with listeners, who hear of it only when it is really another one: `tell` writes down what counts. */
export class Changing<T> implements Readable<T> {
  private current: T;
  private readonly tell: (value: T) => string;
  private readonly listeners = new Set<() => void>();

  constructor(initial: T, tell: (value: T) => string = JSON.stringify) {
    this.current = initial;
    this.tell = tell;
  }

  readonly get = (): T => this.current;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  set(value: T): void {
    if (this.tell(value) === this.tell(this.current)) return;
    this.current = value;
    for (const listener of this.listeners) listener();
  }
}
