import { z } from 'zod';

/**
 * Tonal looks by name, in the order in which clients offer them. Adding one: a row here and its numbers in
 * daemon/src/looks/looks.ts.
 */
export const looks = {
  none: { name: 'None', purpose: 'The levels stay as they are.' },
  flat: {
    name: 'Flat',
    purpose: 'Room for grading: less contrast and saturation, blacks lifted. Neutral stays neutral.',
  },
  'flat-classic': {
    name: 'Flat, classic levels',
    purpose: 'The levels of older flat exports, a touch darker and greener, to match material that has them.',
  },
  slog3: { name: 'S-Log3', purpose: 'Sony’s log curve, for LUTs and grades made for it.' },
  logc3: { name: 'LogC3', purpose: 'ARRI’s log curve at EI 800, for LUTs and grades made for it.' },
  clog3: { name: 'Canon Log 3', purpose: 'Canon’s log curve, for LUTs and grades made for it.' },
  cineon: { name: 'Cineon', purpose: 'The log curve of scanned film, which most tools know simply as “log”.' },
} as const;

export type LookId = keyof typeof looks;
export const LookId = z.enum(Object.keys(looks) as [LookId, ...LookId[]]);

/** How much of it: 0 leaves the picture as it is, 1 is all of it. */
const strength = z.number().min(0).max(1).default(1);

/** A look by its name, or a .cube file of the user's own. */
export const Look = z.union([
  z.object({ id: LookId, strength }).strict(),
  z.object({ file: z.string().min(1).max(4096), strength }).strict(),
]);
export type Look = z.infer<typeof Look>;

export const noLook: Look = { id: 'none', strength: 1 };

/** Does it change anything? */
export function isLook(look: Look): boolean {
  return look.strength > 0 && !('id' in look && look.id === 'none');
}

/** A look as clients offer it. */
export const LookOffer = z.object({ id: LookId, name: z.string(), purpose: z.string() });
export type LookOffer = z.infer<typeof LookOffer>;

/** How strongly steps in smooth gradients are taken away; `auto` decides by the clip and the model. */
export const Deband = z.enum(['auto', 'off', 'low', 'high']);
export type Deband = z.infer<typeof Deband>;
