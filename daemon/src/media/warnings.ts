import {
  allowsDropFrame,
  conformedRate,
  type Media,
  rateLabel,
  type Task,
  uprightSize,
  type Warning,
  warning,
} from '@uprez/shared';
import { assumedStandard, isHdr, unsayable } from './colors.ts';
import { mixesFrames } from './frame-filters.ts';
import { readableSound } from './probe-names.ts';

/** What can be said about a result before anything is done. */
export function warningsOf(task: Task, media: Media): Warning[] {
  const kept = media.scan === 'interlaced' && task.fields === 'keep';
  return [
    ...colorWarnings(media),
    ...timeWarnings(task, media),
    ...(kept ? [warning('scan.kept', { enlarged: task.scale > 1 })] : []),
    ...(task.audio === 'keep' ? soundWarnings(media) : []),
  ];
}

const parts = ['primaries', 'transfer', 'matrix'] as const;

function colorWarnings({ color, hdr, ...media }: Media): Warning[] {
  const assumed = assumedStandard(color, uprightSize(media));
  const lost = Object.entries(unsayable(color)).map(([part, found]) =>
    warning(`color.${part as 'primaries' | 'transfer' | 'matrix'}`, { found }),
  );
  const missing = color.matrix === 'gbr' ? [] : parts.filter((part) => color[part] === 'unknown');
  return [
    // HD without tags is what everybody takes for Rec. 709; at SD sizes opinions differ.
    ...(assumed === 'Rec. 601' ? [warning('color.assumed', { standard: assumed })] : []),
    ...lost,
    ...(missing.length > 0 && missing.length < 3
      ? [warning('color.incomplete', { missing: missing.join(' and ') })]
      : []),
    ...(isHdr(color) ? [warning('color.hdr', { found: color.transfer === 'smpte2084' ? 'PQ' : 'HLG' })] : []),
    ...(hdr?.dynamic ? [warning('color.hdr-dynamic', { found: hdr.dynamic })] : []),
  ];
}

function timeWarnings(task: Task, media: Media): Warning[] {
  const { timecode, frameRate, bitDepth } = media;
  const conformTo = conformedRate(media, task.frameRate);
  const mixes = mixesFrames({ conformTo, evenRate: conformedRate(media, null), rateConversion: task.rateConversion });
  return [
    ...(timecode?.dropFrame && !allowsDropFrame(frameRate)
      ? [warning('time.drop-frame', { rate: rateLabel(frameRate) })]
      : []),
    ...(mixes && task.rateConversion === 'flow' && bitDepth > 8 ? [warning('rate.eight-bit')] : []),
  ];
}

function soundWarnings({ audio }: Media): Warning[] {
  const lost = audio.flatMap(({ codec }, i) => (readableSound(codec) ? [] : [{ codec, track: i + 1 }]));
  if (lost.length === 0) return [];
  const tracks = `track${lost.length > 1 ? 's' : ''} ${lost.map(({ track }) => track).join(', ')}`;
  return [warning('sound.left-out', { tracks, codecs: [...new Set(lost.map(({ codec }) => codec))].join(', ') })];
}
