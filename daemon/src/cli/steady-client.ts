import { AppError, type DaemonClient } from '@uprez/shared';
import type { Connection } from './connect.ts';

/** Losing this many daemons in a row is no accident. */
const ATTEMPTS = 5;

/**
 * A client that survives its daemon: when that ends (it may have lived in another command), the work goes on with the
 * next one, or with one of our own. Work is begun anew, so it has to be repeatable.
 */
export class SteadyClient implements AsyncDisposable {
  private readonly connect: () => Promise<Connection>;
  private connection: Promise<Connection> | undefined;
  private ended = false;

  constructor(connect: () => Promise<Connection>) {
    this.connect = connect;
  }

  async use<T>(work: (client: DaemonClient, connection: Connection) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const opened = (this.connection ??= this.connect());
      const connection = await opened;
      try {
        return await work(connection.client, connection);
      } catch (error) {
        const lost =
          error instanceof AppError && (error.code === 'daemon.disconnected' || error.code === 'daemon.stopping');
        if (!lost || this.ended || attempt === ATTEMPTS) throw error;
        // Somebody else may have noticed first, and be on a new connection already.
        if (this.connection === opened) await this.hangUp();
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.ended = true;
    await this.hangUp();
  }

  private async hangUp(): Promise<void> {
    const connection = this.connection;
    this.connection = undefined;
    // One that could not be made has told its reason to whoever waited for it.
    await connection?.then(
      (each) => each[Symbol.asyncDispose](),
      () => {},
    );
  }
}
