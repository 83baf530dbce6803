import { type FrameRate, type RateConversion, rateValue, sameRate, type YuvMatrix } from '@uprez/shared';

/** How the decoder is to deliver a source's frames. */
export interface SourceFormat {
  /** Absolute path. */
  path: string;
  /** Size as delivered: rotation applied. */
  width: number;
  height: number;
  /** Sampling as delivered; RGB becomes 4:4:4 and grey 4:2:0. */
  chroma: '420' | '422' | '444';
  depth: 8 | 10 | 12 | 16;
  range: 'limited' | 'full';
  /** Which RGB the codes stand for. */
  matrix: YuvMatrix;
  /**
   * Clockwise degrees by which frames are turned here. 0 also where the decoder turns them by itself; it can't be left to
   * that where turning changes the sampling, because it would take the range for limited on the way.
   */
  turn: 0 | 90 | 270;
  /** No chroma in the source: the result gets none either. */
  grey: boolean;
  /** Source is RGB and has to be converted to BT.709 limited-range YCbCr. */
  rgb: boolean;
  /** Which field comes first where frames have to be made of fields; null leaves them as they are. */
  deinterlace: FieldOrder | null;
  /** Take the steps of 8-bit codes out of gradients? That needs the room between them: a depth of 10. */
  deband: boolean;
  /** Rate of the source itself, for constant timing. */
  sourceRate: FrameRate;
  /** Rate that variable timing or a wanted other rate is conformed to; null keeps every frame as it comes. */
  conformTo: FrameRate | null;
  /** Even rate that variable timing is sampled at before frames are mixed; null where the source's own is even. */
  evenRate: FrameRate | null;
  rateConversion: RateConversion;
}

/** `auto`: as each frame says. */
export type FieldOrder = 'auto' | 'tff' | 'bff';

/**
 * Whole pictures of two fields, the second one estimated. Looks at the frame before and the one after, so decoding has to
 * begin a frame early where the result must not depend on where it begins.
 */
export function fieldFilters({ deinterlace }: Pick<SourceFormat, 'deinterlace'>): string[] {
  return deinterlace ? [`bwdif=mode=send_frame:parity=${deinterlace}:deint=all`] : [];
}

/** Mixing starts this long before the first frame that is wanted. */
const RUN_UP_SECONDS = 0.5;
/** Motion estimation looks two frames ahead, and wants frames behind the last one as well. */
const LOOK_AHEAD = 4;

/** Which frames of the conformed timeline are wanted. */
export interface ConformedSpan {
  first: number;
  /**
   * First frame of the whole job. Frames are mixed from a little before it on in every run, because motion is estimated
   * with the help of the frames before: only the same beginning gives the same frames again.
   */
  jobFirst: number;
}

/**
 * Frames at the rate that is wanted, from `first` on. Times start at 0 whatever the first time stamp: a gap before the
 * first frame is the container's business, not the cut's.
 */
export function conformFilters(source: SourceFormat, { first, jobFirst }: ConformedSpan): string[] {
  const { conformTo, sourceRate, evenRate } = source;
  if (!conformTo) return [];
  const even = evenRate ?? sourceRate;
  if (!mixesFrames(source)) return ['setpts=PTS-STARTPTS', sampling(conformTo), ...fromFrame(first)];
  const startSeconds = Math.max(0, jobFirst / rateValue(conformTo) - RUN_UP_SECONDS);
  const skipped = Math.floor(startSeconds * rateValue(even));
  // The first frame stands on the grid of the wanted rate, at most a frame before its time: the run-up takes that.
  const grid = Math.floor((skipped / rateValue(even)) * rateValue(conformTo));
  const onGrid = `setpts='if(eq(N,0),round(${grid * conformTo.den}/${conformTo.num}/TB),PTS)'`;
  return [
    'setpts=PTS-STARTPTS',
    ...(evenRate ? [sampling(evenRate)] : []),
    ...(skipped > 0 ? [...fromFrame(skipped), onGrid] : []),
    `tpad=stop=${LOOK_AHEAD}:stop_mode=clone`,
    ...mixing(source, conformTo),
    ...fromFrame(first - grid),
  ];
}

/** The same number of frames by repeating and dropping alone, to be counted or sampled at little cost. */
export function sampledAt({ conformTo }: Pick<SourceFormat, 'conformTo'>): string[] {
  return conformTo ? ['setpts=PTS-STARTPTS', sampling(conformTo)] : [];
}

/** Are neighbouring frames mixed into new ones? Uneven timing that is only made even is sampled. */
export function mixesFrames({
  conformTo,
  evenRate,
  rateConversion,
}: Pick<SourceFormat, 'conformTo' | 'evenRate' | 'rateConversion'>): boolean {
  return conformTo !== null && rateConversion !== 'sampling' && !(evenRate && sameRate(evenRate, conformTo));
}

/** `eof_action=pass` keeps a last frame whose recorded duration rounds to nothing. */
function sampling({ num, den }: FrameRate): string {
  return `fps=fps=${num}/${den}:round=near:eof_action=pass`;
}

/** Both leave a cut a cut: where the scene changes, the nearer frame is shown. */
function mixing({ rateConversion, chroma, rgb }: SourceFormat, { num, den }: FrameRate): string[] {
  if (rateConversion === 'blending')
    return [...rgbFilters(rgb), `framerate=fps=${num}/${den}:interp_start=0:interp_end=255`];
  // Motion is looked for in both directions. Blocks of 8 came nearer to frames that were left out than those of 16: by 0.2 dB
  // in a zoom, by 0.8 dB in drawn footage.
  const flow = `minterpolate=fps=${num}/${den}:mi_mode=mci:me_mode=bidir:mb_size=8:scd=fdiff`;
  return [...rgbFilters(rgb), `format=yuv${chroma}p|yuvj${chroma}p`, flow];
}

function fromFrame(frame: number): string[] {
  return frame > 0 ? [`trim=start_frame=${frame}`] : [];
}

/** Planes as the model's graph takes them. */
export function formatFilters(source: SourceFormat): string[] {
  return [...rgbFilters(source.rgb), ...turnFilters(source), ...planesFilters(source)];
}

/**
 * A sample becomes the mean of four places around it, up to 16 samples away, where that differs by an 8-bit code at most.
 * The places are the same in every frame. Costs 4 ms of a core for 960x540.
 */
const debanding = `deband=${[1, 2, 3].map((plane) => `${plane}thr=0.004`).join(':')}:range=16:blur=1`;

function planesFilters(source: SourceFormat): string[] {
  const name = `yuv${source.chroma}p`;
  if (source.depth === 8)
    // The `j` formats are the same planes at full range; listing both keeps ffmpeg from converting the range.
    return [`format=${source.rgb ? name : `${name}|yuvj${source.chroma}p`}`];
  const format = `format=${name}${source.depth}le`;
  // Named again: a filter that takes many formats may get another one than it was given.
  return source.deband ? [format, debanding, format] : [format];
}

/** Sideways, 4:2:2 has half the rows instead of half the columns: its chroma is enlarged to 4:4:4 first. */
function turnFilters({ turn, depth, range }: SourceFormat): string[] {
  if (turn === 0) return [];
  const wide = depth === 8 ? 'yuv444p|yuvj444p' : `yuv444p${depth}le`;
  const levels = range === 'full' ? 'full' : 'limited';
  const whole = `scale=in_range=${levels}:out_range=${levels}:flags=bicubic+accurate_rnd+full_chroma_inp+full_chroma_int`;
  return [whole, `format=${wide}`, `transpose=${turn === 90 ? 'clock' : 'cclock'}`];
}

function rgbFilters(rgb: boolean): string[] {
  return rgb ? ['scale=out_color_matrix=bt709:out_range=limited:flags=accurate_rnd+full_chroma_int'] : [];
}
