import { scattered } from './noise.ts';

/** Size of the scene, and frames after which it begins again. */
export const SIZE = { width: 1920, height: 1080 };
export const FRAMES = 24;

/** Half the width of chroma in 4:2:2. */
export const CHROMA_WIDTH = SIZE.width / 2;

/** A point's luma and chroma in 10-bit limited-range codes that nobody rounded. */
export interface Color {
  y: number;
  u: number;
  v: number;
}

/** A part of the scene. What it shows is a function of place (from its left upper corner) and frame. */
interface Patch {
  x: number;
  y: number;
  width: number;
  height: number;
  /** `smooth` ones have gradients without detail; `still` ones are the same in all frames as well. */
  kind: 'smooth' | 'still' | 'detail';
  color(x: number, y: number, frame: number): Color;
  /** Pixels to the nearest edge within the patch, where there are any. */
  edgeAt?(x: number, y: number, frame: number): number;
}

/** 8-bit codes, in which footage is thought of, to 10-bit ones. */
const code = (y: number, u = 128, v = 128): Color => ({ y: 4 * y, u: 4 * u, v: 4 * v });

const vignette: Patch['color'] = (x, y, frame) => {
  const far = Math.hypot(x - 480 - frame / 3, y - 270) / 560;
  const light = Math.cos(Math.min(1, far) * (Math.PI / 2)) ** 2;
  return code(32 + 22 * light, 134 + 8 * light, 126 - 2 * light);
};

const sky: Patch['color'] = (x, y, frame) => {
  const down = y / 540 + (0.15 * x) / 960 + frame / 2000;
  return code(170 - 60 * down, 128 + 18 * Math.cos(2.2 * down), 128 + 14 * Math.sin(2.2 * down - 0.6));
};

const wall: Patch['color'] = (x, y) => code(118 + (5 * x) / 480 + (4 * y) / 270);

const DISC_RADIUS = 56;
const discs = [
  { x: 110, y: 75, u: 100, v: 150 },
  { x: 360, y: 75, u: 150, v: 110 },
  { x: 110, y: 200, u: 128, v: 128 },
  { x: 360, y: 200, u: 110, v: 120 },
];

const shadedDiscs: Patch['color'] = (x, y, frame) => {
  for (const disc of discs) {
    const far = Math.hypot(x - disc.x - frame, y - disc.y) / DISC_RADIUS;
    if (far < 1) return code(80 + 40 * (1 - far * far), disc.u, disc.v);
  }
  return code(70 + x / 60, 126, 130);
};

const discEdge = (x: number, y: number, frame: number): number =>
  Math.min(...discs.map((disc) => Math.abs(Math.hypot(x - disc.x - frame, y - disc.y) - DISC_RADIUS)));

/** Even noise of 2 8-bit codes rms that moves with the camera. */
const faintTexture: Patch['color'] = (x, y, frame) =>
  code(90 + y / 7 + 2 * Math.sqrt(3) * (2 * scattered(x + frame, y) - 1), 120, 134);

const strongTexture: Patch['color'] = (x, y, frame) => {
  const [column, row] = [x + frame, y];
  const coarse = scattered(column >> 2, row >> 2) + scattered(column >> 1, row >> 1) + scattered(column, row);
  return code(60 + 35 * coarse, 124, 132);
};

const stripes: Patch['color'] = (x, y, frame) => {
  const thin = y > 135 && (x + 2 * y + frame) % 31 < 2;
  return code(thin ? 200 : 110 + 60 * Math.sin(((x + frame) * Math.PI * 2) / (4 + y / 12)));
};

const ramp =
  (from: number, to: number): Patch['color'] =>
  (x) =>
    code(from + ((to - from) * x) / (SIZE.width - 1));

const hues: Patch['color'] = (x) => {
  const angle = (2 * Math.PI * x) / SIZE.width;
  return code(128, 128 + 40 * Math.cos(angle), 128 + 40 * Math.sin(angle));
};

export const patches = {
  vignette: { x: 0, y: 0, width: 960, height: 540, kind: 'smooth', color: vignette },
  sky: { x: 960, y: 0, width: 960, height: 540, kind: 'smooth', color: sky },
  wall: { x: 0, y: 540, width: 480, height: 270, kind: 'still', color: wall },
  discs: { x: 480, y: 540, width: 480, height: 270, kind: 'smooth', color: shadedDiscs, edgeAt: discEdge },
  faint: { x: 960, y: 540, width: 480, height: 270, kind: 'detail', color: faintTexture },
  strong: { x: 1440, y: 540, width: 240, height: 270, kind: 'detail', color: strongTexture },
  stripes: { x: 1680, y: 540, width: 240, height: 270, kind: 'detail', color: stripes },
  ramp: { x: 0, y: 810, width: 1920, height: 90, kind: 'still', color: ramp(16, 235) },
  darkRamp: { x: 0, y: 900, width: 1920, height: 90, kind: 'still', color: ramp(16, 56) },
  hues: { x: 0, y: 990, width: 1920, height: 90, kind: 'still', color: hues },
} as const satisfies Record<string, Patch>;

/** What lies nearer to an edge than this has no part in measures of smooth areas. */
export const MARGIN = 12;

/** Three planes, chroma at half width and `chromaRows` rows for two of luma, each value given to `into`. */
export interface Planes {
  y: Float32Array;
  u: Float32Array;
  v: Float32Array;
}

/** The frame as 4:2:2 with left-sited chroma, which nobody rounded. */
export function truth(frame: number): Planes {
  const { width, height } = SIZE;
  const luma = new Float32Array(width * height);
  const [u, v] = [new Float32Array(CHROMA_WIDTH * height), new Float32Array(CHROMA_WIDTH * height)];
  for (const { x, y, at, patch } of places(1)) {
    const color = patch.color(x, y, frame);
    luma[at] = color.y;
    if (x % 2 === 0) [u[at / 2], v[at / 2]] = [color.u, color.v];
  }
  return { y: luma, u, v };
}

/** Every pixel of every patch, or each `step`th of a row: where it is in the patch, and in the scene's luma plane. */
function* places(step: 1 | 2) {
  for (const patch of Object.values<Patch>(patches))
    for (let y = 0; y < patch.height; y++)
      for (let x = 0; x < patch.width; x += step) yield { x, y, at: (patch.y + y) * SIZE.width + patch.x + x, patch };
}

/** The frame as a camera delivers it: 8-bit 4:2:0, every value rounded on its own. */
export function source(planes: Planes): Uint8Array {
  const { width, height } = SIZE;
  const [count, chroma] = [width * height, (width * height) / 4];
  const bytes = new Uint8Array(count + 2 * chroma);
  for (let i = 0; i < count; i++) bytes[i] = Math.round((planes.y[i] ?? 0) / 4);
  for (const [plane, values] of [planes.u, planes.v].entries())
    for (let i = 0; i < chroma; i++) {
      const at = Math.floor(i / CHROMA_WIDTH) * 2 * CHROMA_WIDTH + (i % CHROMA_WIDTH);
      const between = ((values[at] ?? 0) + (values[at + CHROMA_WIDTH] ?? 0)) / 2;
      bytes[count + plane * chroma + i] = Math.round(between / 4);
    }
  return bytes;
}

/** 1 where a kind of patch is, away from its edges; of luma's size, or of chroma's where `step` is 2. */
export function maskOf(kinds: readonly Patch['kind'][], frame: number, step: 1 | 2): Uint8Array {
  const mask = new Uint8Array((SIZE.width * SIZE.height) / step);
  for (const { x, y, at, patch } of places(step)) {
    const border = Math.min(x, y, patch.width - 1 - x, patch.height - 1 - y);
    const edge = Math.min(border, patch.edgeAt?.(x, y, frame) ?? border);
    if (kinds.includes(patch.kind) && edge >= MARGIN) mask[at / step] = 1;
  }
  return mask;
}
