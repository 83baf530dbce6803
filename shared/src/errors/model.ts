import { file, type ErrorRow, row } from './row.ts';

/** What can be wrong with a model, or with getting one. */
export const modelErrors = {
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
} as const satisfies Record<string, ErrorRow>;
