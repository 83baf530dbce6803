/** Side of the pattern in samples. Tiles begin at multiples of it, so that no seam shows. */
export const DITHER_SIDE = 16;

/** Width of a sample's influence on its surroundings (Ulichney 1993: 1.5 gives the most even patterns). */
const SIGMA = 1.5;

/** Share of the samples in the pattern that everything starts from. */
const FIRST_SHARE = 0.1;

let pattern: Float32Array | undefined;

/**
 * Thresholds from -0.5 to 0.5, every one of side² values once, spread so that no place gets more of them than another:
 * blue noise by the void-and-cluster method (R. Ulichney, "The void-and-cluster method for dither array generation",
 * 1993). Added before rounding it keeps what lies between two codes as their mixture. Always the same pattern, on all
 * frames: it doesn't flicker, and a job that is resumed continues alike.
 */
export function ditherPattern(): Float32Array {
  pattern ??= thresholds();
  return pattern;
}

function thresholds(): Float32Array {
  const count = DITHER_SIDE ** 2;
  const first = new Field();
  for (let i = 0; i < count * FIRST_SHARE; i++) first.set(Math.floor(scattered(i) * count), true);
  spreadOut(first);
  const ranks = new Float32Array(count);
  const ones = first.ones();
  const thinned = first.copy();
  for (let rank = ones - 1; rank >= 0; rank--) {
    const cluster = thinned.tightest();
    thinned.set(cluster, false);
    ranks[cluster] = rank;
  }
  for (let rank = ones; rank < count; rank++) {
    const hole = first.emptiest();
    first.set(hole, true);
    ranks[hole] = rank;
  }
  return ranks.map((rank) => (rank + 0.5) / count - 0.5);
}

/** Takes a sample from where they are tightest to where it is emptiest, until that is the same place. */
function spreadOut(field: Field): void {
  for (;;) {
    const cluster = field.tightest();
    field.set(cluster, false);
    const hole = field.emptiest();
    field.set(hole, true);
    if (hole === cluster) return;
  }
}

/** Numbers in [0, 1) without an order that shows (a Weyl sequence over the hash of Knuth's multiplicative method). */
function scattered(i: number): number {
  return (Math.imul((i + 1) ^ ((i + 1) << 7), 0x9e3779b1) >>> 0) / 2 ** 32;
}

/** How much a sample is felt at a distance of so many rows and columns, the shorter way around the torus. */
const influence = Float64Array.from({ length: DITHER_SIDE ** 2 }, (_, i) => {
  const [x, y] = [i % DITHER_SIDE, Math.floor(i / DITHER_SIDE)].map((far) => Math.min(far, DITHER_SIDE - far));
  return Math.exp(-((x ?? 0) ** 2 + (y ?? 0) ** 2) / (2 * SIGMA ** 2));
});

/** Samples that are set on a torus, and how much of them is felt at every place. */
class Field {
  private readonly isSet: Uint8Array;
  private readonly felt: Float64Array;

  constructor(isSet = new Uint8Array(DITHER_SIDE ** 2), felt = new Float64Array(DITHER_SIDE ** 2)) {
    this.isSet = isSet;
    this.felt = felt;
  }

  copy(): Field {
    return new Field(this.isSet.slice(), this.felt.slice());
  }

  ones(): number {
    return this.isSet.reduce((sum, bit) => sum + bit, 0);
  }

  set(at: number, value: boolean): void {
    if (this.isSet[at] === Number(value)) return;
    this.isSet[at] = Number(value);
    const sign = value ? 1 : -1;
    const [column, row] = [at % DITHER_SIDE, Math.floor(at / DITHER_SIDE)];
    for (let i = 0; i < this.felt.length; i++) {
      const across = ((i % DITHER_SIDE) - column + DITHER_SIDE) % DITHER_SIDE;
      const down = (Math.floor(i / DITHER_SIDE) - row + DITHER_SIDE) % DITHER_SIDE;
      this.felt[i] = (this.felt[i] ?? 0) + sign * (influence[down * DITHER_SIDE + across] ?? 0);
    }
  }

  tightest(): number {
    return this.most((i) => (this.isSet[i] === 1 ? (this.felt[i] ?? 0) : Number.NEGATIVE_INFINITY));
  }

  emptiest(): number {
    return this.most((i) => (this.isSet[i] === 0 ? -(this.felt[i] ?? 0) : Number.NEGATIVE_INFINITY));
  }

  private most(of: (place: number) => number): number {
    let best = 0;
    for (let i = 1; i < this.isSet.length; i++) if (of(i) > of(best)) best = i;
    return best;
  }
}
