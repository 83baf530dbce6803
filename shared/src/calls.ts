import { z } from 'zod';
import { Account, ApiKey, CancelCost, KeyState } from './account.ts';
import { WireError } from './errors.ts';
import { Estimate } from './estimate.ts';
import { Job } from './job.ts';
import { LookOffer } from './look.ts';
import { LogLine } from './job-log.ts';
import { Media } from './media.ts';
import { Model, ModelDetails, ModelId } from './model.ts';
import { Settings, SettingsPatch } from './settings.ts';
import { Still, StillRequest } from './still.ts';
import { BackendId, NewJob, Task } from './task.ts';

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

const call = <Params extends z.ZodType, Result extends z.ZodType>(
  method: Method,
  path: `/${string}`,
  schemas: { params: Params; result: Result },
) => ({ method, path, ...schemas });

const nothing = z.object({}).strict();
const byId = z.object({ id: z.string().min(1).max(100) }).strict();
const byBackend = z.object({ backend: BackendId }).strict();

/** Everything that `uprez doctor` shows. */
export const Health = z.object({
  version: z.string(),
  checks: z.array(
    z.object({
      name: z.string(),
      status: z.enum(['ok', 'warning', 'error']),
      detail: z.string(),
      next: z.string().nullable(),
    }),
  ),
});
export type Health = z.infer<typeof Health>;

export const Pairing = z.object({
  id: z.string(),
  name: z.string(),
  createdAt: z.number(),
  lastSeenAt: z.number().nullable(),
});
export type Pairing = z.infer<typeof Pairing>;

/** A recorded error of a job (requirement D5). */
export const JobErrorRecord = z.object({
  at: z.number(),
  attempt: z.int(),
  step: z.string().nullable(),
  frame: z.int().nullable(),
  error: WireError,
});
export type JobErrorRecord = z.infer<typeof JobErrorRecord>;

/** The whole story of a job: what clients show under "details". */
export const JobReport = z.object({
  job: Job,
  segments: z.object({ done: z.int(), total: z.int(), frames: z.int(), bytes: z.int() }),
  errors: z.array(JobErrorRecord),
  /** Largest memory of each process of the job, in bytes, by process name. */
  peakMemory: z.record(z.string(), z.int()),
  /** What the processes that run a model compute with, such as "webgpu fp16", by process name. */
  accelerators: z.record(z.string(), z.string()),
});
export type JobReport = z.infer<typeof JobReport>;

/** Errors of the last 30 days by code (requirement D8). */
export const ErrorStatistics = z.array(
  z.object({ code: z.string(), count: z.int(), jobs: z.int(), lastAt: z.number(), retryable: z.boolean() }),
);
export type ErrorStatistics = z.infer<typeof ErrorStatistics>;

/**
 * Every call a client can make, over the WebSocket by name and over REST by method and path. Parameters come from the
 * path, then the body (GET and DELETE: the query). Adding one: a line here and a handler.
 */
export const calls = {
  listJobs: call('GET', '/jobs', { params: nothing, result: z.array(Job) }),
  addJobs: call('POST', '/jobs', {
    params: z.object({ jobs: z.array(NewJob).min(1).max(500) }).strict(),
    result: z.array(Job),
  }),
  getJob: call('GET', '/jobs/:id', { params: byId, result: Job }),
  reportJob: call('GET', '/jobs/:id/report', { params: byId, result: JobReport }),
  cancelCost: call('GET', '/jobs/:id/cancel-cost', { params: byId, result: CancelCost }),
  cancelJob: call('POST', '/jobs/:id/cancel', { params: byId, result: Job }),
  retryJob: call('POST', '/jobs/:id/retry', { params: byId, result: Job }),
  approveJob: call('POST', '/jobs/:id/approve', { params: byId, result: Job }),
  deliverJob: call('POST', '/jobs/:id/deliver', { params: byId, result: Job }),
  removeJob: call('DELETE', '/jobs/:id', { params: byId, result: nothing }),
  /** Moves a queued job before another one, or to the end. */
  moveJob: call('POST', '/jobs/:id/move', {
    params: byId.extend({ before: z.string().max(100).nullable() }),
    result: Job,
  }),
  /** What the daemon's log says of a job, oldest first; the latest 500 lines. */
  logOfJob: call('GET', '/jobs/:id/log', { params: byId, result: z.array(LogLine) }),
  /** Shows a job's source or result in the file manager of this computer. */
  revealJob: call('POST', '/jobs/:id/reveal', {
    params: byId.extend({ file: z.enum(['source', 'result']).default('result') }),
    result: nothing,
  }),
  makeStill: call('POST', '/jobs/:id/still', { params: StillRequest, result: Still }),
  probe: call('POST', '/probe', { params: z.object({ path: z.string().min(1).max(4096) }).strict(), result: Media }),
  estimate: call('POST', '/estimate', { params: z.object({ task: Task }).strict(), result: Estimate }),
  listLooks: call('GET', '/looks', { params: nothing, result: z.array(LookOffer) }),
  listModels: call('GET', '/models', { params: nothing, result: z.array(Model) }),
  getModel: call('GET', '/models/:id', { params: byId, result: ModelDetails }),
  /** Takes an ONNX file of this computer in. Its id and name come from the file's name unless they are given. */
  addModel: call('POST', '/models', {
    params: z
      .object({
        path: z.string().min(1).max(4096),
        id: ModelId.optional(),
        name: z.string().trim().min(1).max(100).optional(),
      })
      .strict(),
    result: Model,
  }),
  /** Downloads a model; answers when it is ready. `acceptedLicence` is the id of the licence that the user was shown. */
  pullModel: call('POST', '/models/:id/pull', {
    params: byId.extend({ acceptedLicence: z.string().max(100).optional() }),
    result: Model,
  }),
  cancelPull: call('POST', '/models/:id/cancel', { params: byId, result: nothing }),
  removeModel: call('DELETE', '/models/:id', { params: byId, result: nothing }),
  getSettings: call('GET', '/settings', { params: nothing, result: Settings }),
  changeSettings: call('PATCH', '/settings', { params: SettingsPatch, result: Settings }),
  getHealth: call('GET', '/doctor', { params: nothing, result: Health }),
  /** Files by name that help somebody else to find out what is wrong: without keys, tokens and names of people. */
  getDiagnostics: call('GET', '/doctor/diagnostics', { params: nothing, result: z.record(z.string(), z.string()) }),
  errorStatistics: call('GET', '/statistics/errors', { params: nothing, result: ErrorStatistics }),
  listKeys: call('GET', '/keys', { params: nothing, result: z.array(KeyState) }),
  setKey: call('POST', '/keys', { params: byBackend.extend({ apiKey: ApiKey }), result: KeyState }),
  testKey: call('POST', '/keys/test', { params: byBackend, result: Account }),
  removeKey: call('DELETE', '/keys/:backend', { params: byBackend, result: KeyState }),
  listPairings: call('GET', '/pairings', { params: nothing, result: z.array(Pairing) }),
  offerPairing: call('POST', '/pairings', {
    params: nothing,
    result: z.object({ code: z.string(), expiresAt: z.number() }),
  }),
  revokePairing: call('DELETE', '/pairings/:id', { params: byId, result: nothing }),
  /** Opens the dashboard in the browser of this computer. */
  showDashboard: call('POST', '/dashboard/show', { params: nothing, result: nothing }),
  openDashboard: call('POST', '/dashboard', { params: nothing, result: z.object({ url: z.string() }) }),
  shutdown: call('POST', '/shutdown', { params: nothing, result: nothing }),
} as const;

export type CallName = keyof typeof calls;
export type CallParams<N extends CallName> = z.input<(typeof calls)[N]['params']>;
export type CallResult<N extends CallName> = z.output<(typeof calls)[N]['result']>;

export const callNames = Object.keys(calls) as [CallName, ...CallName[]];
