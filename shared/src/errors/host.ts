import { type ErrorData, type ErrorRow, row } from './row.ts';

const clip = (data: ErrorData): string => `“${String(data['clip'] ?? 'The clip')}”`;

const wholeFile = (): string => 'Upscale the whole file instead; the result goes into the bin.';
const binOnly = (): string => 'It can be upscaled into the bin, without being placed.';

/** What can go wrong between the panel and the editing program it lives in. */
export const hostErrors = {
  'host.none': row(
    409,
    false,
    () => 'There is no timeline here.',
    () => 'Use the Uprez panel inside Premiere Pro for this.',
  ),
  'host.nothing-selected': row(
    400,
    false,
    () => 'No clip is selected.',
    () => 'Select clips on the timeline or in a bin.',
  ),
  'host.retimed': row(
    422,
    false,
    (d) => `${clip(d)} is retimed, so its frames can’t be matched with the file’s.`,
    wholeFile,
  ),
  'host.reversed': row(422, false, (d) => `${clip(d)} plays backwards.`, wholeFile),
  'host.nested': row(
    422,
    false,
    (d) => `${clip(d)} is a nested sequence.`,
    () => 'Open it and upscale the clips inside.',
  ),
  'host.multicam': row(
    422,
    false,
    (d) => `${clip(d)} is a multicam clip.`,
    () => 'Flatten it first, or upscale its angles in the bin.',
  ),
  'host.merged': row(
    422,
    false,
    (d) => `${clip(d)} is a merged clip.`,
    () => 'Upscale its picture file in the bin.',
  ),
  'host.offline': row(
    422,
    true,
    (d) => `${clip(d)} is offline.`,
    () => 'Relink its media, then try again.',
  ),
  'host.still': row(
    422,
    false,
    (d) => `${clip(d)} is a still picture.`,
    () => 'Only clips that move can be upscaled here.',
  ),
  'host.no-video': row(
    422,
    false,
    (d) => `${clip(d)} is no video file.`,
    () => 'Select a clip with picture.',
  ),
  'host.adjustment': row(
    422,
    false,
    (d) => `${clip(d)} is an adjustment layer.`,
    () => 'Upscale the clips below it.',
  ),
  'host.no-file': row(
    422,
    false,
    (d) => `${clip(d)} has no file behind it: a title, a graphic or a generator.`,
    () => 'Select a clip that comes from a file.',
  ),
  'host.animated': row(
    422,
    false,
    (d) => `The framing of ${clip(d)} is animated (${String(d['what'])}), which can’t be carried over.`,
    binOnly,
  ),
  'host.unreadable': row(
    502,
    true,
    (d) => `${clip(d)} can’t be read at the moment.`,
    () => 'Select it again.',
  ),
  'host.no-project': row(
    409,
    true,
    () => 'No project is open.',
    () => 'Open the project; the result is placed by itself then.',
  ),
  'host.other-project': row(
    409,
    true,
    (d) => `This result belongs to the project “${String(d['project'])}”.`,
    () => 'Open that project; the result is placed by itself then.',
  ),
  'host.sequence-gone': row(
    410,
    false,
    (d) => `The sequence of ${clip(d)} is not in the project any more.`,
    () => 'The result is in the bin “Uprez”.',
  ),
  'host.clip-gone': row(
    410,
    false,
    (d) => `${clip(d)} is not on the timeline any more.`,
    () => 'The result is in the bin “Uprez”.',
  ),
  'host.clip-outgrown': row(
    409,
    false,
    (d) => `${clip(d)} shows more of its source now than was upscaled.`,
    () => 'The result is in the bin “Uprez”. Upscale the clip again for the whole of it.',
  ),
  'host.not-placed': row(
    502,
    true,
    (d) => `Premiere did not place the result over ${clip(d)}: ${String(d['why'])}.`,
    () => 'The result is in the bin “Uprez”. Unlock the tracks above, or add an empty one, and place it again.',
  ),
  'host.covered': row(
    409,
    true,
    (d) => `Something lies above ${clip(d)} on the timeline, and the result would hide it.`,
    () => 'The result is in the bin “Uprez”. Move what lies above one track up, and place it again.',
  ),
  'host.disturbed': row(
    502,
    false,
    (d) => `Premiere changed other clips while it placed the result over ${clip(d)}.`,
    () => 'Undo once: that takes it back.',
  ),
  'host.framing': row(
    502,
    true,
    (d) => `The size of the result over ${clip(d)} could not be matched.`,
    () => 'Set Motion > Scale by hand, or place it again.',
  ),
  'host.import-failed': row(
    502,
    true,
    (d) => `Premiere did not import “${String(d['file'])}”.`,
    () => 'Check that the file is there, then import it again.',
  ),
  'host.item-gone': row(
    410,
    false,
    () => 'The original clip is not in the project any more.',
    () => 'The result can still be imported into the bin.',
  ),
  'host.relink-refused': row(
    409,
    false,
    (d) => `Premiere does not let ${clip(d)} be relinked.`,
    () => 'Place the result above the clip, or import it into the bin.',
  ),
  'host.nothing-to-restore': row(
    404,
    false,
    () => 'There is nothing to restore: the result is not on a timeline of this project.',
    () => 'Open the project and the sequence it was placed in.',
  ),
  'host.refused': row(
    502,
    true,
    (d) => `Premiere refused to ${String(d['what'])}.`,
    () => 'Nothing was changed. Unlock the tracks, then try again.',
  ),
  'host.silent': row(
    504,
    true,
    (d) => `Premiere did not answer in time (${String(d['what'])}).`,
    () => 'Finish what Premiere is busy with, then try again.',
  ),
  'host.failed': row(
    502,
    true,
    (d) => `Premiere could not ${String(d['what'])}.`,
    () => 'Try again; if it stays, restart Premiere.',
  ),
} as const satisfies Record<string, ErrorRow>;
