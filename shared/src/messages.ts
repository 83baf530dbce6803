import { z } from 'zod';
import { callNames } from './calls.ts';
import { WireError } from './errors.ts';
import { Job, Progress } from './job.ts';
import { ModelPull } from './model.ts';
import { Settings } from './settings.ts';

/** Raised when old and new sides can't talk to each other. */
export const PROTOCOL = 1;

/** Ports the daemon may listen on, in this order. The panel's manifest lists the same. */
export const PORTS = [47_810, 47_811, 47_812, 47_813, 47_814] as const;

const hex64 = z.string().regex(/^[0-9a-f]{64}$/);
const publicKey = z.string().regex(/^[0-9a-f]{512}$/);

/** Opens a conversation; must be the first message. `pairing` names the secret to prove. */
export const Hello = z
  .object({
    type: z.literal('hello'),
    protocol: z.int(),
    client: z.string().min(1).max(60),
    /** Of the client, for people; whether both sides understand each other is the protocol's matter. */
    version: z.string().max(40).optional(),
    /** A pairing's id, or `cookie` for a dashboard that came through a one-time link. */
    pairing: z.string().min(1).max(100),
    nonce: hex64,
  })
  .strict();
export type Hello = z.infer<typeof Hello>;

/** Opens a conversation that pairs a new client by the six-digit code (code-pairing.ts). */
export const Pair = z
  .object({
    type: z.literal('pair'),
    protocol: z.int(),
    client: z.string().min(1).max(60),
    /** Of the client, for people; whether both sides understand each other is the protocol's matter. */
    version: z.string().max(40).optional(),
    nonce: hex64,
    key: publicKey,
  })
  .strict();
export type Pair = z.infer<typeof Pair>;

export const Proof = z.object({ type: z.literal('proof'), proof: hex64 }).strict();

export const Call = z
  .object({ type: z.literal('call'), id: z.int().nonnegative(), name: z.enum(callNames), params: z.unknown() })
  .strict();
export type Call = z.infer<typeof Call>;

export const ClientMessage = z.discriminatedUnion('type', [
  Hello,
  Pair,
  Proof,
  Call,
  z.object({ type: z.literal('ping') }).strict(),
]);
export type ClientMessage = z.infer<typeof ClientMessage>;

export const Challenge = z.object({
  type: z.literal('challenge'),
  protocol: z.int(),
  instance: z.string(),
  nonce: hex64,
  proof: hex64,
});

export type Challenge = z.infer<typeof Challenge>;

/** Answer to `pair`. It holds no proof: with a code of six digits, the side that proves first must be the client. */
export const CodeChallenge = z.object({
  type: z.literal('code-challenge'),
  protocol: z.int(),
  instance: z.string(),
  nonce: hex64,
  key: publicKey,
});
export type CodeChallenge = z.infer<typeof CodeChallenge>;

/** Complete state; sent first, and again never: later messages are whole objects that replace their older selves. */
export const Snapshot = z.object({
  type: z.literal('snapshot'),
  version: z.string(),
  jobs: z.array(Job),
  progress: z.record(z.string(), Progress),
  /** Downloads of models that are under way, by the model's id. */
  pulls: z.record(z.string(), ModelPull),
  settings: Settings,
  /** What the user should know about this run of the daemon. */
  notices: z.array(WireError).default([]),
});
export type Snapshot = z.infer<typeof Snapshot>;

export const ServerMessage = z.discriminatedUnion('type', [
  Challenge,
  CodeChallenge,
  Snapshot,
  /** The code was right, and the daemon knows it too. Both sides derive the pairing's lasting secret by themselves. */
  z.object({ type: z.literal('paired'), pairing: z.string(), proof: hex64 }),
  z.object({ type: z.literal('job'), job: Job }),
  z.object({ type: z.literal('job-removed'), id: z.string() }),
  z.object({ type: z.literal('progress'), id: z.string(), progress: Progress }),
  z.object({ type: z.literal('settings'), settings: Settings }),
  /** The list of models is another one now; `listModels` has it. */
  z.object({ type: z.literal('models') }),
  /** The list of paired clients is another one now; `listPairings` has it. */
  z.object({ type: z.literal('pairings') }),
  /** null: the download has ended, one way or the other. */
  z.object({ type: z.literal('pull'), id: z.string(), pull: ModelPull.nullable() }),
  z.object({ type: z.literal('reply'), id: z.int(), result: z.unknown() }),
  z.object({ type: z.literal('refusal'), id: z.int().nullable(), error: WireError }),
  z.object({ type: z.literal('pong') }),
]);
export type ServerMessage = z.infer<typeof ServerMessage>;
