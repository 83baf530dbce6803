import { z } from 'zod';

/** The part of localStorage that is used. */
export interface Memory {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

const KEY = 'uprez.delivered';

/**
 * Jobs whose results have arrived and of which the daemon may not have heard. It outlives the panel, so that a reload
 * between the two doesn't bring a result twice.
 */
export class Outbox {
  private readonly memory: Memory;

  constructor(memory: Memory) {
    this.memory = memory;
  }

  ids(): string[] {
    return z
      .array(z.string())
      .catch([])
      .parse(parsed(this.memory.getItem(KEY)));
  }

  has(id: string): boolean {
    return this.ids().includes(id);
  }

  add(id: string): void {
    this.write([...new Set([...this.ids(), id])]);
  }

  remove(id: string): void {
    this.write(this.ids().filter((other) => other !== id));
  }

  private write(ids: string[]): void {
    this.memory.setItem(KEY, JSON.stringify(ids));
  }
}

function parsed(text: string | null): unknown {
  try {
    return JSON.parse(text ?? '[]');
  } catch {
    return [];
  }
}
