import type { TopazClient } from './client.ts';

const FRESH_MS = 10 * 60_000;
const PAUSE_MS = 60_000;
/** Adding a job should not wait for a service that does not answer. */
const PATIENCE_MS = 5000;

/** The models that the service lists, asked for now and then. */
export class Listing {
  private readonly client: TopazClient;
  private known: { ids: readonly string[]; at: number } | undefined;
  private failedAt = Number.NEGATIVE_INFINITY;

  constructor(client: TopazClient) {
    this.client = client;
  }

  /** Null while the service has never answered. */
  async ids(): Promise<readonly string[] | null> {
    if (this.known && performance.now() - this.known.at < FRESH_MS) return this.known.ids;
    if (performance.now() - this.failedAt < PAUSE_MS) return this.known?.ids ?? null;
    try {
      const { supportedModels } = await this.client.availability(AbortSignal.timeout(PATIENCE_MS));
      if (supportedModels.length > 0) this.known = { ids: supportedModels, at: performance.now() };
    } catch {
      this.failedAt = performance.now();
      // What was listed before, or the catalogue that came with Uprez, has to do.
    }
    return this.known?.ids ?? null;
  }
}
