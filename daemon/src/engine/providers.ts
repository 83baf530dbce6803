import type { Provider, Way } from '@uprez/shared';
import type { InferenceSession } from 'onnxruntime-node';

interface ProviderRow {
  /** Sessions side by side, each on a core of its own; a device gets one and does its own scheduling. */
  sessions: 'core' | 'device';
  /** What its sessions have to be told, in onnxruntime's words. */
  options: InferenceSession.SessionOptions;
}

/** COREML_FLAG_ONLY_ALLOW_STATIC_INPUT_SHAPES and COREML_FLAG_CREATE_MLPROGRAM (coreml_provider_factory.h): fp16 needs the latter. */
const COREML_FLAGS = 0x008 | 0x010;

/** What onnxruntime can compute with. Adding one: a row here and its name in shared/src/way.ts. */
const providers: Record<Provider, ProviderRow> = {
  cpu: {
    sessions: 'core',
    // Spinning threads would take the cores that decoder and encoder need meanwhile.
    options: { executionProviders: ['cpu'], extra: { session: { intra_op: { allow_spinning: '0' } } } },
  },
  webgpu: { sessions: 'device', options: { executionProviders: ['webgpu'] } },
  dml: {
    sessions: 'device',
    // Both are demanded by DirectML (onnxruntime.ai/docs/execution-providers/DirectML-ExecutionProvider.html).
    options: { executionProviders: ['dml'], executionMode: 'sequential', enableMemPattern: false },
  },
  coreml: {
    sessions: 'device',
    options: { executionProviders: [{ name: 'coreml', coreMlFlags: COREML_FLAGS }] },
  },
  cuda: { sessions: 'device', options: { executionProviders: ['cuda'] } },
};

/** Frames that wait at a device, so that it never waits for one. */
const DEVICE_QUEUE = 2;
/** More frames at once than this gain little and cost memory. */
const MOST_AT_ONCE = 4;

/** How the work on frames is divided: threads with a session each, and onnxruntime's own threads in each of them. */
export interface Crew {
  sessions: number;
  threadsEach: number;
  /** Frames to hand out at a time. */
  frames: number;
}

/**
 * A core to itself gets through a frame with a quarter less work than two that wait for each other in every layer, so
 * there are as many sessions as cores. A device has one session, and two frames in flight.
 */
export function crewFor({ provider }: Way, threads: number): Crew {
  if (providers[provider].sessions === 'device') return { sessions: 1, threadsEach: 1, frames: DEVICE_QUEUE };
  const sessions = Math.max(1, Math.min(MOST_AT_ONCE, threads));
  return { sessions, threadsEach: Math.max(1, Math.floor(threads / sessions)), frames: sessions };
}

export function sessionOptions({ provider }: Way, threads: number): InferenceSession.SessionOptions {
  return {
    graphOptimizationLevel: 'all',
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    ...providers[provider].options,
  };
}

/**
 * Providers that onnxruntime has on this platform, by its own account. Some still need a device, or libraries. The runtime
 * is loaded for the question only: jobs have it in their threads.
 */
export async function providersHere(): Promise<Provider[]> {
  const { listSupportedBackends } = await import('onnxruntime-node');
  const names = new Set(listSupportedBackends().map(({ name }) => name));
  return (Object.keys(providers) as Provider[]).filter((provider) => names.has(provider));
}
