/** Passes values from one loop to another, in order, a bounded number ahead. */
export class Handover<T> {
  private capacity: number;
  private readonly values: T[] = [];
  private ended = false;
  private wake: (() => void)[] = [];

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  /** Waits while the receiver is `capacity` values behind. */
  async put(value: T): Promise<void> {
    while (this.values.length >= this.capacity && !this.ended) await this.change();
    this.values.push(value);
    this.changed();
  }

  /** From now on, no more than this many values wait; those that do already are still handed over. */
  narrow(capacity: number): void {
    this.capacity = capacity;
  }

  /** No more values come; the receiver's loop ends after the last one. Also frees a sender that waits. */
  end(): void {
    this.ended = true;
    this.changed();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (;;) {
      const [value] = this.values.splice(0, 1);
      if (value !== undefined) {
        this.changed();
        yield value;
      } else if (this.ended) {
        return;
      } else {
        await this.change();
      }
    }
  }

  private change(): Promise<void> {
    return new Promise((resolve) => this.wake.push(resolve));
  }

  private changed(): void {
    for (const resolve of this.wake.splice(0)) resolve();
  }
}
