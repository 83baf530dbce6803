import { z } from 'zod';
import { type ErrorData, type ErrorRow, row } from './error-row.ts';
import { hostErrors } from './host-errors.ts';

export type { ErrorData };

/** Its name: whoever throws may know the whole path, which says no more to the reader. */
const file = (data: ErrorData): string => `“${String(data['file'] ?? 'the file').replace(/^.*[/\\]/, '')}”`;

const service = (data: ErrorData): string => String(data['service'] ?? 'The cloud service');

/** Every error a user can meet. Adding one: a row here and the throw. */
export const errorTable = {
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
  'request.invalid': row(
    400,
    false,
    (d) => `The request is not valid: ${String(d['why'])}.`,
    () => 'Check the options; `uprez help` lists them.',
  ),
  'request.duplicate': row(
    409,
    false,
    () => 'The same clip with the same settings is already in the queue.',
    () => 'Wait for that job, or cancel it first.',
  ),
  'request.large-enough': row(
    400,
    false,
    (d) => `The clip is already ${String(d['size'])}; the target would be larger than ${String(d['limit'])}.`,
    () => 'Choose a smaller scale.',
  ),
  'model.unknown': row(
    404,
    false,
    (d) => `There is no model called “${String(d['model'])}”.`,
    () => '`uprez models` lists the models that are here.',
  ),
  'model.corrupt': row(
    500,
    false,
    (d) => `The model “${String(d['model'])}” is damaged: ${String(d['why'])}.`,
    () => 'Reinstall Uprez, or remove the model and pull or add it again.',
  ),
  'model.not-here': row(
    409,
    false,
    (d) => `The model “${String(d['model'])}” is not on this machine yet.`,
    (d) => `\`uprez models pull ${String(d['model'])}\` downloads it (${String(d['size'])}).`,
  ),
  'model.other-scale': row(
    400,
    false,
    (d) => `The model “${String(d['model'])}” works at ${String(d['scales'])}, not at ${String(d['scale'])}x.`,
    (d) =>
      d['scale'] === 1
        ? 'To keep the size choose the model “none”.'
        : 'Choose another scale, or a model that enlarges.',
  ),
  'model.id-taken': row(
    409,
    false,
    (d) => `There is already a model called “${String(d['model'])}”.`,
    () => 'Choose another name with --id, or remove that one first.',
  ),
  'model.bad-id': row(
    400,
    false,
    (d) => `“${String(d['model'])}” can't be the name of a model.`,
    () => 'Choose one with --id: small letters, digits, dots, hyphens and underscores.',
  ),
  'model.in-use': row(
    409,
    true,
    (d) => `A job that has not ended uses the model “${String(d['model'])}”.`,
    () => 'Wait for that job, or cancel it first.',
  ),
  'model.not-added': row(
    409,
    false,
    (d) => `The model “${String(d['model'])}” was not added by you and can't be removed.`,
    () => 'Only added and downloaded models can be removed.',
  ),
  'model.licence': row(
    409,
    false,
    (d) =>
      `The model “${String(d['model'])}” comes under the licence ${String(d['licence'])}, which has to be accepted.`,
    (d) =>
      `Read it with \`uprez models show ${String(d['model'])}\`; to accept it, type \`uprez models pull ${String(d['model'])} --accept-licence\`.`,
  ),
  'model.offline': row(
    503,
    true,
    (d) => `The download from ${String(d['host'])} does not get through: ${String(d['why'])}.`,
    () => 'Check the connection and pull again; it goes on where it was.',
  ),
  'model.refused': row(
    502,
    true,
    (d) => `${String(d['host'])} does not hand the model out: ${String(d['why'])}.`,
    () => 'Try again later; what was downloaded is kept.',
  ),
  'model.other-bytes': row(
    502,
    true,
    (d) =>
      `What ${String(d['host'])} sent is not the model: its ${String(d['what'])} is ${String(d['found'])} instead of ${String(d['expected'])}.`,
    () => 'Nothing of it was used or kept. Try again on another network; a newer Uprez may know a new address.',
  ),
  'model.pull-cancelled': row(
    409,
    false,
    (d) => `The download of “${String(d['model'])}” was cancelled.`,
    () => 'Pull it again to go on where it was.',
  ),
  'model.not-onnx': row(
    400,
    false,
    (d) => `${file(d)} is not an ONNX file (${String(d['why'])}).`,
    () => 'Choose a network exported as ONNX, with the ending .onnx.',
  ),
  'model.too-large': row(
    413,
    false,
    (d) => `${file(d)} is larger than a model may be (${String(d['limit'])}).`,
    () => 'Choose a smaller network, with its weights in one ONNX file.',
  ),
  'model.not-image': row(
    400,
    false,
    (d) => `${file(d)} is not a network for RGB pictures: ${String(d['why'])}.`,
    () => 'Choose a super-resolution network that takes one picture and returns one.',
  ),
  'model.luma-only': row(
    400,
    false,
    (d) => `${file(d)} works on luma alone.`,
    () => 'Choose the RGB version of this network.',
  ),
  'model.outdated': row(
    400,
    false,
    (d) =>
      `${file(d)} is written for operator set ${String(d['opset'])}; ${String(d['oldest'])} is the oldest that runs.`,
    (d) => `Export it again for operator set ${String(d['oldest'])} or later.`,
  ),
  'model.not-allowed': row(
    400,
    false,
    (d) => `${file(d)} needs what Uprez does not run: ${String(d['needs'])}.`,
    () => 'Export it as one file of standard operators, without control flow.',
  ),
  'model.misbehaves': row(
    422,
    false,
    (d) => `${file(d)} does not behave like an upscaler: ${String(d['why'])}.`,
    () => 'Choose another network, or another export of this one.',
  ),
  'model.unusable': row(
    422,
    false,
    (d) => `${file(d)} could not be tried: ${String(d['why'])}.`,
    () => 'Choose another network, or another export of this one.',
  ),
  'look.bad-cube': row(
    400,
    false,
    (d) => `${file(d)} is not a .cube file that can be used: line ${String(d['line'])}: ${String(d['why'])}.`,
    () => 'Export the LUT again as a plain 1D or 3D .cube, with at most 65 points along each axis.',
  ),
  'look.hdr': row(
    400,
    false,
    (d) => `${file(d)} is HDR (${String(d['transfer'])}); log looks start from SDR.`,
    () => 'Leave the look out, which keeps the clip’s own HDR curve, or convert the clip to SDR first.',
  ),
  'look.no-inverse': row(
    400,
    false,
    (d) => `There is no LUT that takes ${String(d['look'])} back.`,
    () => 'Inverse LUTs come with the named looks.',
  ),
  'look.cloud': row(
    400,
    false,
    () => 'Looks and deband are computed on this machine; the cloud has neither.',
    () => 'Leave --look and --deband out, and run `uprez flat` on the result.',
  ),
  'setup.ffmpeg-missing': row(
    503,
    true,
    (d) => `ffmpeg was not found${d['path'] ? ` at ${String(d['path'])}` : ''}.`,
    () => 'Install ffmpeg 5 or newer, or set UPREZ_FFMPEG_PATH to it.',
  ),
  'setup.ffmpeg-unfit': row(
    503,
    true,
    (d) => `This ffmpeg can't be used: ${String(d['why'])}.`,
    () => 'Install a complete ffmpeg 5 or newer, or set UPREZ_FFMPEG_PATH to one.',
  ),
  'setup.disk-full': row(
    507,
    true,
    (d) => `Not enough disk space in ${String(d['folder'])}: ${String(d['need'])} needed, ${String(d['free'])} free.`,
    () => 'Free some space; a job that waits for it goes on by itself.',
  ),
  'setup.volume-away': row(
    503,
    true,
    (d) => `The drive or network folder with ${String(d['path'])} is not there (${String(d['why'])}).`,
    () => 'Connect it again; the job goes on by itself.',
  ),
  'setup.output-folder': row(
    400,
    true,
    (d) => `The output folder ${String(d['folder'])} can't be written: ${String(d['why'])}.`,
    () => 'Choose another output folder.',
  ),
  'setup.config': row(
    400,
    false,
    (d) => `The setting ${String(d['key'])} is not valid: ${String(d['why'])}.`,
    () => 'Correct it and start again.',
  ),
  'setup.login-item': row(
    500,
    false,
    (d) => `Starting Uprez with your session can't be arranged here: ${String(d['why'])}.`,
    () => 'Check that your configuration folder can be written, or add `uprez serve` to your session by hand.',
  ),
  'setup.database': row(
    500,
    false,
    (d) => `The job database can't be used: ${String(d['why'])}.`,
    () => 'Restore a backup by hand, or move the database and its backups away to start with an empty queue.',
  ),
  'setup.database-restored': row(
    500,
    false,
    (d) => `The job database was damaged or gone; it was replaced by its backup of ${String(d['time'])}.`,
    () => 'Look through the list: what came later is missing from it. Finished files are where they were.',
  ),
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
  'cloud.no-key': row(
    401,
    true,
    (d) => `There is no API key for ${service(d)}.`,
    () => 'Type `uprez key set`, or enter it in the dashboard.',
  ),
  'cloud.key-refused': row(
    401,
    true,
    (d) => `${service(d)} does not accept the API key.`,
    () => 'Set a valid key with `uprez key set`, then retry.',
  ),
  'cloud.key-store': row(
    500,
    true,
    (d) => `The API key can't be stored: ${String(d['why'])}.`,
    () => 'Unlock the keychain, or make the data folder writable.',
  ),
  'cloud.forbidden': row(
    403,
    false,
    (d) => `The API key may not do this at ${service(d)}.`,
    () => 'Use the key that started the job, or one with more rights.',
  ),
  'cloud.credits': row(
    402,
    true,
    (d) => `There are not enough credits at ${service(d)}${d['price'] ? `: ${String(d['price'])} are needed` : ''}.`,
    () => 'Buy credits in your account there, then retry; nothing was charged.',
  ),
  'cloud.subscription': row(
    402,
    true,
    (d) => `There is no valid subscription at ${service(d)}.`,
    () => 'Renew it in your account there, then retry; nothing was charged.',
  ),
  'cloud.refused': row(
    400,
    false,
    (d) => `${service(d)} refused the request: ${String(d['why'])}.`,
    () => 'Choose another model or scale, or convert the clip first.',
  ),
  'cloud.limit': row(
    400,
    false,
    (d) => `The model “${String(d['model'])}” can't do this: ${String(d['why'])}.`,
    (d) => String(d['hint'] ?? 'Choose another model, a shorter range or another scale.'),
  ),
  'cloud.request-lost': row(
    404,
    true,
    (d) => `${service(d)} does not know the request any more.`,
    () => 'Retry: a new request is made and its price shown before anything is charged.',
  ),
  'cloud.busy': row(
    429,
    true,
    (d) => `${service(d)} has too much to do at the moment.`,
    () => 'Retry in some minutes; the job continues where it was.',
  ),
  'cloud.maintenance': row(
    503,
    true,
    (d) => `${service(d)} is down for maintenance${d['why'] ? `: ${String(d['why'])}` : ''}.`,
    () => 'Retry later; the job continues where it was.',
  ),
  'cloud.unavailable': row(
    502,
    true,
    (d) => `${service(d)} has a problem of its own (${String(d['why'])}).`,
    () => 'Retry in some minutes; the job continues where it was.',
  ),
  'cloud.unreachable': row(
    503,
    true,
    (d) => `${service(d)} can't be reached (${String(d['why'])}).`,
    () => 'Check the internet connection, then retry; the job continues where it was.',
  ),
  'cloud.bad-answer': row(
    502,
    true,
    (d) => `${service(d)} gave an answer that can't be read: ${String(d['why'])}.`,
    () => 'Retry; if it stays, update Uprez.',
  ),
  'cloud.quote-changed': row(
    409,
    true,
    (d) => `After the upload ${service(d)} found another price than quoted, and stopped.`,
    () => 'Retry: the new price is shown first. The credits of this request were returned.',
  ),
  'cloud.upload-late': row(
    408,
    true,
    (d) => `${service(d)} did not get the whole clip in time.`,
    () => 'Retry on a faster connection, or with a shorter range. The credits were returned.',
  ),
  'cloud.upload-failed': row(
    502,
    true,
    (d) => `Part ${String(d['part'])} of the clip could not be uploaded: ${String(d['why'])}.`,
    () => 'Check the internet connection, then retry; finished parts are not sent again.',
  ),
  'cloud.queue-late': row(
    503,
    true,
    (d) => `The request waited too long for its turn at ${service(d)}.`,
    () => 'Retry later. The credits were returned.',
  ),
  'cloud.processing-late': row(
    503,
    true,
    (d) => `${service(d)} took longer than it allows itself.`,
    () => 'Retry, or choose a faster model or a shorter range. The credits were returned.',
  ),
  'cloud.processing-failed': row(
    502,
    true,
    (d) => `${service(d)} could not process the clip (${String(d['why'])}).`,
    () => 'Retry, or choose another model. The credits were returned.',
  ),
  'cloud.withdrawn': row(
    409,
    true,
    (d) => `The request was cancelled at ${service(d)}.`,
    () => 'Retry to start a new one; its price is shown first.',
  ),
  'cloud.download-failed': row(
    502,
    true,
    (d) => `The result could not be downloaded: ${String(d['why'])}.`,
    () => 'Retry: the download continues, and nothing is charged again. The result is kept for seven days.',
  ),
  'cloud.result-gone': row(
    410,
    true,
    (d) => `${service(d)} does not have the result any more.`,
    () => 'Retry to have it made again; the price is shown first.',
  ),
  'cloud.result-wrong': row(
    502,
    true,
    (d) =>
      `The result is not what was asked for: ${String(d['what'])} is ${String(d['found'])}, expected ${String(d['expected'])}.`,
    () => 'Retry to have it made again (the price is shown first), or choose another model.',
  ),
  'job.no-result': row(
    409,
    false,
    () => 'The job has no result yet.',
    () => 'Wait until it is done.',
  ),
  'job.no-still': row(
    422,
    true,
    (d) => `The frame can't be shown: ${String(d['why'])}.`,
    () => 'Try another frame; the clip itself may still be fine.',
  ),
  'job.cancelled': row(
    409,
    false,
    () => 'The job was cancelled.',
    () => 'Retry it to start again.',
  ),
  'job.not-found': row(
    404,
    false,
    (d) => `There is no job ${String(d['id'])}.`,
    () => '`uprez jobs` lists the jobs.',
  ),
  'job.illegal-action': row(
    409,
    false,
    (d) => `A job that is ${String(d['state'])} can't ${String(d['action'])}.`,
    () => 'Look at the job’s state first.',
  ),
  'daemon.stopping': row(
    503,
    true,
    () => 'The daemon is stopping.',
    () => 'The job goes on when it starts again.',
  ),
  'daemon.safe-mode': row(
    503,
    true,
    () => 'Uprez ended unexpectedly several times within a minute, so the queue is paused.',
    () => 'Look at the jobs and the log, then resume the queue: `uprez settings paused false`.',
  ),
  'daemon.already-running': row(
    409,
    false,
    (d) => `Uprez is already running (process ${String(d['pid'])}).`,
    () => 'Use the running one, or stop it first.',
  ),
  'daemon.not-running': row(
    503,
    true,
    () => 'The Uprez daemon is not running.',
    () => 'Start it with `npm start`.',
  ),
  'daemon.no-port': row(
    503,
    true,
    (d) => `All ports (${String(d['ports'])}) are taken.`,
    () => 'Close the program that uses them and start again.',
  ),
  'daemon.unauthorized': row(
    401,
    false,
    () => 'This client is not paired with the daemon.',
    () => 'Pair it again.',
  ),
  'daemon.forbidden': row(
    403,
    false,
    () => 'This connection is not allowed.',
    () => 'Use the panel, the dashboard or the command line on this computer.',
  ),
  'daemon.version-mismatch': row(
    426,
    false,
    (d) =>
      `The ${String(d['older'])} is older than the other side (protocol ${String(d['found'])}, needed ${String(d['needed'])}).`,
    (d) => `Update the ${String(d['older'])}.`,
  ),
  'daemon.busy': row(
    429,
    true,
    () => 'Too many requests at once.',
    () => 'Wait a moment and try again.',
  ),
  'daemon.no-file-manager': row(
    501,
    false,
    () => 'There is no file manager to show it in.',
    (d) => `The file is ${String(d['path'])}.`,
  ),
  'daemon.no-browser': row(
    501,
    false,
    () => 'There is no browser to show the dashboard in.',
    (d) => `Open ${String(d['url'])} yourself, within a minute.`,
  ),
  'daemon.upload-broken': row(
    400,
    true,
    (d) => `The upload of ${file(d)} broke off.`,
    () => 'Nothing was kept; send it again.',
  ),
  'daemon.disconnected': row(
    503,
    true,
    () => 'The connection to the daemon was lost.',
    () => 'It reconnects by itself; jobs go on meanwhile.',
  ),
  'daemon.internal': row(
    500,
    true,
    () => 'Something went wrong inside Uprez.',
    (d) => `Retry; the log has the details${d['id'] ? ` under ${String(d['id'])}` : ''}.`,
  ),
  ...hostErrors,
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof errorTable;

const codes = Object.keys(errorTable) as [ErrorCode, ...ErrorCode[]];

/** The only error class that crosses a boundary: a code from the table, its facts, and the cause. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly data: ErrorData;

  constructor(code: ErrorCode, data: ErrorData = {}, options?: { cause?: unknown }) {
    super(errorTable[code].say(data), options);
    this.name = 'AppError';
    this.code = code;
    this.data = data;
  }

  /** What the user can do about it. */
  get next(): string {
    return errorTable[this.code].next(this.data);
  }

  get retryable(): boolean {
    return errorTable[this.code].retryable;
  }

  get status(): number {
    return errorTable[this.code].status;
  }
}

/** An error as every client receives it. */
export const WireError = z.object({
  code: z.enum(codes),
  message: z.string(),
  next: z.string(),
  retryable: z.boolean(),
  data: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});
export type WireError = z.infer<typeof WireError>;

/** Unknown errors become `daemon.internal`: their text may hold paths or secrets and stays in the log. */
export function toWire(error: unknown): WireError {
  const known = error instanceof AppError ? error : new AppError('daemon.internal', {}, { cause: error });
  return {
    code: known.code,
    message: known.message,
    next: known.next,
    retryable: known.retryable,
    data: { ...known.data },
  };
}

export function fromWire(wire: WireError): AppError {
  return new AppError(wire.code, wire.data);
}
