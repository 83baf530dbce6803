import { AppError, type Call, ClientMessage, Hello, Pair, PROTOCOL, type ServerMessage } from '@uprez/shared';
import type { WebSocket } from 'ws';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { ConnectedClient } from '../health/house.ts';
import type { Logger } from '../log.ts';
import { createSender, type Source, startEventStream } from './event-stream.ts';
import type { Handlers } from './handlers.ts';
import type { Admitted, Door, Pending, PendingPair } from './pairing.ts';
import { answer, parse, refusal } from './reply.ts';

const MAX_PENDING_CALLS = 64;
/** A client that has not proven itself gets little time and little room. */
const HANDSHAKE_MS = 3000;
const HANDSHAKE_BYTES = 4096;

export interface SocketParts {
  handlers: Handlers;
  source: Source;
  door: Door;
  clock: Clock;
  log: Logger;
  port: number;
  /** Did the upgrade request carry the dashboard's cookie, from the dashboard's own page? */
  cookie: boolean;
  /** What the program calls its own origin; for the log. */
  origin: string | undefined;
  onAdmitted: (client: Admitted & ConnectedClient) => void;
}

type Stage =
  | { kind: 'new' }
  | { kind: 'asked'; pending: Pending }
  | { kind: 'asked-code'; pending: PendingPair }
  | { kind: 'admitted' };

/** Talks to one client, from hello to its end. */
export function startConversation(socket: WebSocket, parts: SocketParts): void {
  const conversation = new Conversation(socket, parts);
  socket.on('message', (bytes: Buffer, isBinary: boolean) => conversation.receive(bytes, isBinary));
  socket.on('error', (error) => parts.log.warn({ err: error }, 'socket failed'));
  socket.on('close', () => conversation.end());
}

class Conversation {
  private readonly socket: WebSocket;
  private readonly parts: SocketParts;
  private readonly send: (message: ServerMessage) => boolean;
  private readonly cancelTimer: () => void;
  private stage: Stage = { kind: 'new' };
  private pendingCalls = 0;
  private version: string | null = null;
  private stopStream = (): void => {};

  constructor(socket: WebSocket, parts: SocketParts) {
    this.socket = socket;
    this.parts = parts;
    this.send = createSender(socket);
    this.cancelTimer = parts.clock.after(HANDSHAKE_MS, () => socket.terminate());
  }

  receive(bytes: Buffer, isBinary: boolean): void {
    try {
      if (isBinary) throw new AppError('request.invalid', { why: 'messages are text' });
      if (this.stage.kind === 'admitted') return this.serve(parse(ClientMessage, json(bytes)));
      if (bytes.length > HANDSHAKE_BYTES) throw new AppError('request.invalid', { why: 'too long' });
      this.shakeHands(json(bytes));
    } catch (error) {
      this.send({ type: 'refusal', id: null, error: refusal(error, this.parts.log).error });
      // Nobody who has not proven anything may go on trying on the same line.
      if (this.stage.kind !== 'admitted') this.socket.close();
    }
  }

  private shakeHands(value: unknown): void {
    const { stage } = this;
    if (stage.kind === 'new') return this.open(value);
    const message = parse(ClientMessage, value);
    if (message.type !== 'proof') throw new AppError('daemon.unauthorized');
    if (stage.kind === 'asked') return this.admit(stage.pending.accept(message.proof));
    if (stage.kind !== 'asked-code') return;
    const { proof, ...client } = stage.pending.accept(message.proof);
    this.send({ type: 'paired', pairing: client.pairing, proof });
    this.admit(client);
  }

  private open(value: unknown): void {
    checkProtocol(value);
    const { door, port, cookie } = this.parts;
    const opening = parse(z.discriminatedUnion('type', [Hello, Pair]), value);
    this.version = opening.version ?? null;
    if (opening.type === 'pair') return this.askByCode(door.greetByCode(opening, port));
    if (opening.pairing !== 'cookie') return this.ask(door.greet(opening, port));
    if (!cookie) throw new AppError('daemon.unauthorized');
    this.admit({ pairing: 'cookie', name: opening.client });
  }

  private ask(pending: Pending): void {
    this.stage = { kind: 'asked', pending };
    this.send(pending.challenge);
  }

  private askByCode(pending: PendingPair): void {
    this.stage = { kind: 'asked-code', pending };
    this.send(pending.challenge);
  }

  private admit(client: Admitted): void {
    this.cancelTimer();
    this.stage = { kind: 'admitted' };
    this.parts.onAdmitted({ ...client, version: this.version });
    this.parts.log.info(
      { client: client.name, pairing: client.pairing, origin: this.parts.origin },
      'client connected',
    );
    this.stopStream = startEventStream(this.send, this.parts.source);
  }

  private serve(message: ClientMessage): void {
    if (message.type === 'ping') return void this.send({ type: 'pong' });
    if (message.type !== 'call') throw new AppError('request.invalid', { why: `no ${message.type} expected here` });
    void this.reply(message);
  }

  private async reply({ id, name, params }: Call): Promise<void> {
    if (this.pendingCalls >= MAX_PENDING_CALLS) {
      const { error } = refusal(new AppError('daemon.busy'), this.parts.log);
      return void this.send({ type: 'refusal', id, error });
    }
    this.pendingCalls += 1;
    const result = await answer(this.parts.handlers, { name, params }, this.parts.log);
    this.pendingCalls -= 1;
    if (this.socket.readyState !== this.socket.OPEN) return;
    this.send(result.ok ? { type: 'reply', id, result: result.result } : { type: 'refusal', id, error: result.error });
  }

  end(): void {
    this.cancelTimer();
    this.stopStream();
  }
}

/** First of all, so that a newer client is told to update us, whatever else its hello holds. */
export function checkProtocol(value: unknown): void {
  const { protocol } = parse(z.object({ protocol: z.int() }), value);
  if (protocol === PROTOCOL) return;
  const older = protocol < PROTOCOL ? 'client' : 'daemon';
  throw new AppError('daemon.version-mismatch', {
    older,
    found: Math.min(protocol, PROTOCOL),
    needed: Math.max(protocol, PROTOCOL),
  });
}

function json(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw new AppError('request.invalid', { why: 'not JSON' }, { cause });
  }
}
