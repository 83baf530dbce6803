/** A tonal curve and its exact inverse. */
export interface Curve {
  /** Both are defined for all numbers that pictures hold, beyond black and white too, and rise everywhere. */
  encode(value: number): number;
  decode(value: number): number;
}

/**
 * Log curves from scene reflection (0.18 is mid-grey, 0.9 a white card) to the signal of a limited-range file, as editors
 * see it: 0 is code 64 of 10 bits, 1 is code 940.
 */
export const logCurves = {
  /** Sony, "Technical Summary for S-Gamut3.Cine/S-Log3 and S-Gamut3/S-Log3". 0 %, 18 %, 90 % are codes 95, 420, 598. */
  slog3: ofCodes({
    encode: (x) =>
      x >= 0.01125 ? 420 + 261.5 * Math.log10((x + 0.01) / (0.18 + 0.01)) : (x * (171.2102946929 - 95)) / 0.01125 + 95,
    decode: (code) =>
      code >= 171.2102946929
        ? 10 ** ((code - 420) / 261.5) * (0.18 + 0.01) - 0.01
        : ((code - 95) * 0.01125) / (171.2102946929 - 95),
  }),
  /** ARRI, "ALEXA Log C Curve, Usage in VFX", SUP 3.x, EI 800, scene exposure. 18 % is 400/1023, black 95/1023. */
  logc3: {
    encode: (x) => (x > 0.010591 ? 0.24719 * Math.log10(5.555556 * x + 0.052272) + 0.385537 : 5.367655 * x + 0.092809),
    decode: (y) =>
      y > 0.149658 ? (10 ** ((y - 0.385537) / 0.24719) - 0.052272) / 5.555556 : (y - 0.092809) / 5.367655,
  },
  /** Canon, "Input Transform 201612" and "Canon Log Gamma Curves" (2018), in IRE. 0 % and 18 % are codes 128 and 351. */
  clog3: { encode: (x) => canonLog3(x / 0.9), decode: (y) => 0.9 * canonLinear3(y) },
  /**
   * Kodak's film scanners: black 95, white 685, 0.002 of density a code and a gamma of 0.6. Below black, where the
   * formula ends, it goes on straight.
   */
  cineon: ofCodes({
    encode: (x) => (x >= 0 ? 685 + 300 * Math.log10(x * (1 - cineonBlack) + cineonBlack) : 95 + x * cineonSlope),
    decode: (code) =>
      code >= 95 ? (10 ** ((code - 685) / 300) - cineonBlack) / (1 - cineonBlack) : (code - 95) / cineonSlope,
  }),
} as const satisfies Record<string, Curve>;

/** Reflection of SDR white: a white card. */
const WHITE = 0.9;

/** 1.099 and 0.018 of ITU-R BT.709-6 with the digits that make both parts meet (BT.2020-2 table 4). */
const [alpha, beta] = [1.09929682680944, 0.018053968510807];

/**
 * The camera curve of ITU-R BT.709-6 (item 1.2), from reflection to signal. Below black and above white it goes on as it
 * is. Its inverse and not that of displays (BT.1886) leads to reflection: its slope at black keeps all levels apart.
 */
export const rec709: Curve = {
  encode: (x) => {
    const light = x / WHITE;
    return light < beta ? 4.5 * light : alpha * light ** 0.45 - (alpha - 1);
  },
  decode: (v) => WHITE * (v < 4.5 * beta ? v / 4.5 : ((v + alpha - 1) / alpha) ** (1 / 0.45)),
};

/** An SDR signal to the signal of a log curve. */
export function rec709To(log: Curve): Curve {
  return {
    encode: (v) => log.encode(rec709.decode(v)),
    decode: (y) => rec709.encode(log.decode(y)),
  };
}

/** A curve at a part of its strength: a mixture with what it is applied to. */
export function partOf(curve: Curve, strength: number): Curve {
  if (strength === 1) return curve;
  const encode = (value: number): number => value + strength * (curve.encode(value) - value);
  return { encode, decode: (value) => solve(encode, value) };
}

/** The signals between which a mixture is inverted; wider than any picture. */
const [LOWEST, HIGHEST] = [-2, 3];

/** Where a rising function has a value, by halving to the last bit that counts. */
function solve(rising: (value: number) => number, wanted: number): number {
  let [low, high] = [LOWEST, HIGHEST];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (rising(middle) < wanted) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** A curve that is published in 10-bit codes, as signal. */
function ofCodes({ encode, decode }: Curve): Curve {
  return { encode: (x) => (encode(x) - 64) / 876, decode: (signal) => decode(64 + 876 * signal) };
}

const cineonBlack = 10 ** ((95 - 685) / 300);
const cineonSlope = (300 / Math.LN10) * ((1 - cineonBlack) / cineonBlack);

function canonLog3(r: number): number {
  if (r < -0.014) return 0.07623209 - 0.42889912 * Math.log10(1 - 14.98325 * r);
  return r <= 0.014 ? 2.3069815 * r + 0.073059361 : 0.42889912 * Math.log10(14.98325 * r + 1) + 0.069886632;
}

function canonLinear3(y: number): number {
  if (y < 0.04076162) return (1 - 10 ** ((0.07623209 - y) / 0.42889912)) / 14.98325;
  return y <= 0.105357102 ? (y - 0.073059361) / 2.3069815 : (10 ** ((y - 0.069886632) / 0.42889912) - 1) / 14.98325;
}
