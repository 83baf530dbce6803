/** How a filter is paid. Credits are rounded up over the whole order. */
export type Price =
  /** Credits per thousand million output pixels, counted over all output frames. */
  | { per: 'gigapixel'; credits: number }
  /** Output frames one credit pays for, up to 1920x1080 and above. */
  | { per: 'frame'; hd: number; above: number }
  /** Credits per thousand million pixels of frames that were not there before. */
  | { per: 'new-gigapixel'; credits: number };

export interface CatalogModel {
  /** `upscale` models decide the size themselves; the others leave it as it is. */
  kind: 'upscale' | 'interpolation' | 'utility';
  /** Generative models run on another backend: no chunks, rates or sizes in their status. */
  generative: boolean;
  price: Price;
  /** Longest clip in frames; with a `prompt` some are shorter. */
  frames?: { most: number; withPrompt?: number };
  /** Largest number of output pixels. */
  pixels?: number;
  /** Parameters without which an order is refused. */
  needs?: readonly string[];
}

const quality: Price = { per: 'gigapixel', credits: 2.02 };
const fast: Price = { per: 'gigapixel', credits: 1.01 };
const starlight: Price = { per: 'frame', hd: 26.0417, above: 11.9179 };
const UHD = 3840 * 2160;
const DCI_4K = 4096 * 2160;

const gan = (price: Price = quality): CatalogModel => ({ kind: 'upscale', generative: false, price });
const utility = (price: Price = quality): CatalogModel => ({ kind: 'utility', generative: false, price });
const diffusion = (frames: CatalogModel['frames'], price = starlight, pixels = DCI_4K): CatalogModel => ({
  ...{ kind: 'upscale', generative: true, price, pixels },
  ...(frames && { frames }),
});
const interpolation = (credits: number): CatalogModel => ({
  ...{ kind: 'interpolation', generative: false, price: { per: 'new-gigapixel', credits } },
});

/** Models the service lists, by id; families share a line. Prices nobody published are taken for the quality rate. */
export const catalog: ReadonlyMap<string, CatalogModel> = new Map(
  Object.entries({
    // Proteus (natural), Rhea, Theia, Artemis (with and without strong halo), Artemis anti-alias, Iris, Gaia
    ...family(
      ['prob-4', 'pnat-1', 'rhea-1', 'thd-3', 'thf-4', 'ahq-12', 'amq-13', 'alq-13', 'amqs-2', 'alqs-2'],
      gan(),
    ),
    ...family(['aaa-9', 'aaa-10', 'iris-2', 'iris-3', 'ghq-5', 'gcg-5'], gan()),
    'ganim-1': gan({ per: 'frame', hd: 300, above: 100 }),
    // Dione, which deinterlaces
    ...family(['ddv-3', 'dtv-4', 'dtvs-2', 'dtd-4', 'dtds-2'], gan()),
    // Nyx, which takes noise away
    'nyx-3': gan({ per: 'frame', hd: 518, above: 129 }),
    ...family(['nxl-1', 'nxhf-1'], gan()),
    'nxf-1': gan(fast),
    // Starlight Precise, HQ, Mini, Fast, Sharp
    ...family(['slp-2.6', 'slp-2.5'], diffusion({ most: 9000 })),
    ...family(['slp-2', 'sl-1'], diffusion({ most: 450 })),
    ...family(['slhq-1', 'slm-1', 'slf-1'], diffusion(undefined)),
    'slf-3': diffusion({ most: 9000 }),
    'slf-2': diffusion({ most: 9000 }, { per: 'frame', hd: 52, above: 24 }),
    'wonder-1': diffusion(undefined, starlight, 1920 * 1080),
    // Astra, which invents
    'ast-2': {
      ...diffusion({ most: 9000, withPrompt: 450 }, { per: 'frame', hd: 10, above: 6 }, UHD),
      needs: ['creativity'],
    },
    'slc-1': diffusion(undefined, { per: 'frame', hd: 10, above: 6 }, UHD),
    // Apollo, Chronos and their fast ones, Aion: more frames, never more pixels
    'aion-1': interpolation(6),
    ...family(['apo-8', 'chr-2'], interpolation(2)),
    ...family(['apf-2', 'chf-3'], interpolation(1)),
    // Themis (motion blur), Hyperion (HDR), colourise, remove, stabilise: size stays
    ...family(['thm-2', 'color-1', 'remove-1', 'hyp-1'], utility()),
    'hyp-2': { ...utility({ per: 'frame', hd: 13.02, above: 5.96 }), generative: true },
    'stab-1': { ...utility(), needs: ['rollingShutterCorrection'] },
  } satisfies Record<string, CatalogModel>),
);

function family(ids: readonly string[], model: CatalogModel): Record<string, CatalogModel> {
  return Object.fromEntries(ids.map((id) => [id, model]));
}
