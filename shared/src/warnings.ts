import { z } from 'zod';
import type { ErrorData } from './errors.ts';

const text = (data: ErrorData, name: string): string => String(data[name] ?? '?');

/**
 * Everything that a user should know of a result although nothing is wrong with it: what the clip did not say, what the
 * file can't say, what was changed. One sentence each, and what to do about it where there is something.
 */
export const warningTable = {
  'color.assumed': (d) =>
    `The clip does not say its colour space and was taken for ${text(d, 'standard')}, as editors do at its size. If it looks wrong, set the clip’s colour space in the editor.`,
  'color.incomplete': (d) =>
    `The clip does not say its ${text(d, 'missing')}; nothing was invented. If it looks wrong, set the clip’s colour space in the editor.`,
  'color.transfer': (d) =>
    `ProRes can’t say the clip’s transfer curve (${text(d, 'found')}). The picture is untouched; choose the colour space by hand in the editor.`,
  'color.primaries': (d) =>
    `ProRes can’t say the clip’s primaries (${text(d, 'found')}). The picture is untouched; choose the colour space by hand in the editor.`,
  'color.matrix': (d) =>
    `ProRes can’t say the clip’s matrix (${text(d, 'found')}); editors will show its colours a little off. Convert the clip to Rec. 709 first.`,
  'color.hdr': (d) =>
    `The clip is HDR (${text(d, 'found')}) and stays HDR. Set the sequence to the same colour space, or the editor will map its tones.`,
  'color.hdr-dynamic': (d) =>
    `The clip’s dynamic HDR metadata (${text(d, 'found')}) has no place in ProRes and is left out; the HDR picture itself is kept.`,
  'time.conformed': (d) =>
    `The clip’s frame rate varies (${text(d, 'from')} fps). At an even ${text(d, 'to')} fps ${text(d, 'repeated')} frames are repeated and ${text(d, 'dropped')} dropped.`,
  'time.drop-frame': (d) =>
    `The clip’s timecode says drop-frame, which does not exist at ${text(d, 'rate')} fps; it is continued as non-drop-frame.`,
  'rate.eight-bit': () =>
    'Optical flow works with 8 bits: finer levels of the clip are replaced by dither. Frame blending keeps them.',
  'scan.interlaced': (d) =>
    `The clip says it is progressive, but its pictures are interlaced (${text(d, 'order')}). They were treated as such.`,
  'scan.progressive': () =>
    'The clip says it is interlaced, but its pictures are progressive. They were left as they are.',
  'scan.kept': (d) =>
    `The clip is interlaced and stays so: each picture holds both fields${d['enlarged'] ? ', whose lines enlarging has mixed' : ''}. Set the field order in the editor.`,
  'sound.left-out': (d) =>
    `Sound ${text(d, 'tracks')} can’t be decoded (${text(d, 'codecs')}) and is left out. Convert it to PCM first to keep it.`,
} as const satisfies Record<string, (data: ErrorData) => string>;

export type WarningCode = keyof typeof warningTable;

/** Something to know about a job; its code is for programs, its message for people. */
export const Warning = z.object({
  code: z.string(),
  message: z.string(),
  data: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});
export type Warning = z.infer<typeof Warning>;

export function warning(code: WarningCode, data: ErrorData = {}): Warning {
  return { code, message: warningTable[code](data), data };
}
