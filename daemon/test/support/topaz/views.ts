import type { VideoRequest } from './video-request.ts';
import { catalog } from './catalog.ts';

/** JSON of one request as its different endpoints show it. */

/** GET /video/{id}/status */
export function statusOf(request: VideoRequest): Record<string, unknown> {
  const { status, progress, quote, upload, failure } = request;
  const always = { status, progress, estimates: quote };
  switch (status) {
    case 'accepted':
      return { ...always, uploadId: upload?.uploadId, urls: upload?.outstanding() };
    case 'failed':
      return { ...always, ...failure };
    case 'complete':
      return { ...always, message: 'Complete', ...sizeAndSpeed(request), ...download(request) };
    default:
      return { ...always, message: sentence(status), ...sizeAndSpeed(request), ...jobs(request) };
  }
}

/** GET /video/{id}, and an entry of the history. */
export function recordOf(request: VideoRequest): Record<string, unknown> {
  const { id, status, order, quote, failure, result, measured, account } = request;
  const times = Object.values(request.times);
  return {
    id,
    userId: 'user_0123456789',
    status,
    ts: request.times,
    lastEventTs: Math.max(...times),
    version: 'api',
    processing: isGenerative(request) ? {} : { topserving: { lastUpdated: Math.max(...times) } },
    filters: order.filters,
    output: order.output,
    source: { ...order.source, ...measured, ...(request.clipMd5 !== undefined && { md5Hash: request.clipMd5 }) },
    destination: result
      ? {
          container: order.output.container,
          frameCount: result.frameCount,
          frameRate: result.frameRate,
          duration: result.duration,
          size: result.size,
          ...download(request),
        }
      : { container: order.output.container },
    estimates: quote,
    transactions: account.transactions(id),
    overrides: {},
    ...(failure && { error: failure }),
  };
}

/** GET /video/{id}/cancel-estimate */
export function cancelEstimateOf(request: VideoRequest): Record<string, unknown> {
  const { id: requestId, status, progress } = request;
  const cancelable = status !== 'canceling' && status !== 'canceled';
  const creditsReserved = cancelable ? request.account.openReservation(requestId) : 0;
  const creditsToCommit = cancelable ? request.cancelCost : 0;
  const creditsToRefund = creditsReserved - creditsToCommit;
  return {
    ...{ requestId, status, cancelable, progress, creditsReserved, creditsToCommit, creditsToRefund },
    message: cancelable
      ? `Canceling now will charge approximately ${creditsToCommit} credit(s) for work completed so far; ${creditsToRefund} credit(s) would be refunded.`
      : `Request is ${status}.`,
  };
}

/** GET /video/{id}/metrics */
export function metricsOf(request: VideoRequest): Record<string, unknown> {
  const { times, result, measured, order } = request;
  if (!result || isGenerative(request)) return { message: 'Metrics are not available for this request' };
  const minutes = (from: number | undefined, to: number | undefined): number => ((to ?? 0) - (from ?? 0)) / 60_000;
  return {
    minutesInState: {
      pendingSourceUpload: minutes(times.accepted, times.initializing),
      initializing: minutes(times.initializing, times.preprocessing),
      preprocessing: minutes(times.preprocessing, times.processing),
      processing: minutes(times.processing, times.postprocessing),
      postprocessing: minutes(times.postprocessing, times.complete),
    },
    minutesToEnhance: minutes(times.initializing, times.complete),
    inputFrames: measured?.frameCount,
    outputFrames: result.frameCount,
    inputSize: readableSize(order.source.size),
    outputSize: readableSize(result.size),
    chunks: [],
  };
}

function download(request: VideoRequest): Record<string, unknown> {
  const { downloadable } = request;
  return downloadable ? { download: downloadable.link } : {};
}

/** A text for people: "10 GB", "1.9 MB". */
function readableSize(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return `${Number((bytes / 1000 ** power).toPrecision(2))} ${units[power]}`;
}

function sizeAndSpeed(request: VideoRequest): Record<string, unknown> {
  if (isGenerative(request)) return {};
  const { result, status } = request;
  if (status === 'processing') return { averageFps: 8.5, combinedFps: 8.5 };
  return result ? { outputSize: readableSize(result.size), averageFps: 8.5, combinedFps: 8.5 } : {};
}

function jobs(request: VideoRequest): Record<string, unknown> {
  if (isGenerative(request) || request.status !== 'processing') return {};
  const { id, progress } = request;
  const speed = { averageFps: 8.5, averageGpuUtilization: 56, averageGpuMemoryUtilization: 65 };
  return {
    processingJobs: [{ chunkId: id, chunkIndex: 0, taskIndex: 0, status: 'processing', progress, ...speed }],
  };
}

function isGenerative({ order }: VideoRequest): boolean {
  return order.filters.some(({ model }) => catalog.get(model)?.generative);
}

function sentence(status: string): string {
  return status.charAt(0).toUpperCase() + status.slice(1);
}
