import { type ErrorRow, row } from './row.ts';

/** What can go wrong with an app of somebody else on this computer. */
export const desktopErrors = {
  'desktop.missing': row(
    404,
    true,
    () => 'Topaz Video is not installed on this computer.',
    () => 'Install it, name its folder with UPREZ_TOPAZ_APP, or choose another way to upscale.',
  ),
  'desktop.signed-out': row(
    401,
    true,
    () => 'Topaz Video is signed out: it would put a watermark over the result.',
    () => 'Open Topaz Video, sign in, then retry. Nothing was kept of what it had made.',
  ),
  'desktop.stuck': row(
    500,
    true,
    (d) => `Topaz Video has made no frame for ${String(d['minutes'])} minutes.`,
    () => 'Open Topaz Video and use the model there once, so that it is downloaded, then retry.',
  ),
  'desktop.failed': row(
    500,
    true,
    (d) => `Topaz Video could not make the frames: ${String(d['why'])}.`,
    () => 'Try the clip in Topaz Video itself, or choose another model.',
  ),
} as const satisfies Record<string, ErrorRow>;
