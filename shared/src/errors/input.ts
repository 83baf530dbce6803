import { file, type ErrorRow, row } from './row.ts';

/** What can be wrong with a clip. */
export const inputErrors = {
  'input.missing': row(
    404,
    false,
    (d) => `${file(d)} does not exist.`,
    () => 'Check the path, or relink the clip.',
  ),
  'input.not-a-file': row(
    400,
    false,
    (d) => `${file(d)} is not a regular file.`,
    () => 'Choose a video file.',
  ),
  'input.bad-path': row(
    400,
    false,
    (d) => `The path is not usable: ${String(d['why'])}.`,
    () => 'Give an absolute path to a local file.',
  ),
  'input.unreadable': row(
    403,
    false,
    (d) => `${file(d)} can't be opened for reading.`,
    () => 'Check its permissions and that the drive is connected.',
  ),
  'input.empty': row(
    400,
    false,
    (d) => `${file(d)} is empty (0 bytes).`,
    () => 'Export or download the clip again.',
  ),
  'input.not-video': row(
    400,
    false,
    (d) => `${file(d)} is not a video file (${String(d['why'])}).`,
    () => 'Choose a MOV, MP4, MKV, AVI, MXF or WebM file.',
  ),
  'input.no-video': row(
    400,
    false,
    (d) => `${file(d)} has no video stream.`,
    () => 'Choose a clip with picture; sound alone can’t be upscaled.',
  ),
  'input.no-frames': row(
    400,
    false,
    (d) => `${file(d)} holds no video frames.`,
    () => 'Export or download the clip again.',
  ),
  'input.encrypted': row(
    400,
    false,
    (d) => `${file(d)} is encrypted.`,
    () => 'Export an unprotected copy and use that.',
  ),
  'input.truncated': row(
    400,
    false,
    (d) => `${file(d)} is cut off: ${String(d['why'])}.`,
    () => 'Copy or download the clip again.',
  ),
  'input.too-large': row(
    413,
    false,
    (d) => `${file(d)} is too large: ${String(d['why'])}.`,
    (d) => String(d['hint'] ?? 'Trim the clip or choose a smaller scale.'),
  ),
  'input.unsupported-codec': row(
    400,
    false,
    (d) => `${file(d)} uses ${String(d['codec'])}, which can't be decoded here.`,
    () => 'Convert it to H.264, HEVC or ProRes first.',
  ),
  'input.alpha': row(
    400,
    false,
    (d) => `${file(d)} has an alpha channel, which ProRes 422 HQ can't hold.`,
    () =>
      'Flatten the clip over its background first, or pass --alpha keep for ProRes 4444, or --alpha drop to leave transparency out.',
  ),
  'input.alpha-lost': row(
    400,
    false,
    (d) =>
      `The transparency of ${file(d)} can't be kept: this machine reads it from ProRes 4444, PNG, Animation and other lossless codecs only.`,
    () => 'Convert the clip to ProRes 4444 first, or leave its transparency out (--alpha drop).',
  ),
  'input.flow-hdr': row(
    400,
    false,
    (d) => `Optical flow works with 8 bits, which would ruin ${file(d)}: it is HDR.`,
    () => 'Use frame blending (--fps-method blending) instead.',
  ),
  'input.hdr': row(
    400,
    false,
    (d) => `${file(d)} is Dolby Vision without a base layer.`,
    () => 'Export an HDR10, HLG or SDR copy and use that.',
  ),
  'input.bad-time': row(
    400,
    false,
    (d) => `“${String(d['text'])}” is not a time.`,
    () => 'Use seconds (3.5), hh:mm:ss.mmm or timecode (01:00:00:00).',
  ),
  'input.empty-range': row(
    400,
    false,
    (d) =>
      `The range from frame ${String(d['from'])} to ${String(d['to'])} holds no frames; the clip has ${String(d['frames'])}.`,
    () => 'Choose an out point after the in point, inside the clip.',
  ),
  'input.changed': row(
    409,
    false,
    (d) => `${file(d)} changed since the job was queued.`,
    () => 'Queue the clip again.',
  ),
  'input.frame-mismatch': row(
    422,
    false,
    (d) =>
      `Frames don't add up at ${String(d['stage'])}: ${String(d['expected'])} expected, ${String(d['found'])} found.`,
    () => 'The clip may be damaged: convert it with another tool and try that copy.',
  ),
} as const satisfies Record<string, ErrorRow>;
