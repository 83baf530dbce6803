import { type ErrorRow, row } from './row.ts';

/** What can go wrong while this computer upscales. */
export const localErrors = {
  'local.decoder-failed': row(
    422,
    true,
    (d) => `The decoder stopped at frame ${String(d['frame'])}: ${String(d['why'])}.`,
    () => 'Retry; if it stops at the same frame, the clip is damaged there.',
  ),
  'local.encoder-failed': row(
    500,
    true,
    (d) => `The ProRes encoder stopped at frame ${String(d['frame'])}: ${String(d['why'])}.`,
    () => 'Retry; `uprez doctor` checks ffmpeg.',
  ),
  'local.inference-failed': row(
    500,
    true,
    (d) => `The model failed at frame ${String(d['frame'])}: ${String(d['why'])}.`,
    () => 'Retry with another model or a smaller clip.',
  ),
  'local.engine-crashed': row(
    500,
    true,
    (d) => `The engine process ended unexpectedly (${String(d['why'])}).`,
    () => 'Retry; the job continues where it was.',
  ),
  'local.verification-failed': row(
    500,
    true,
    (d) =>
      `The finished file failed its check: ${String(d['what'])} is ${String(d['found'])}, expected ${String(d['expected'])}.`,
    () => 'Retry; nothing was published.',
  ),
} as const satisfies Record<string, ErrorRow>;
