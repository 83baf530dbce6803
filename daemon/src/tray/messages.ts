import { z } from 'zod';

/** What a click does. It travels as the item's id, so that a late click still means what its label said. */
export const Action = z.discriminatedUnion('do', [
  z.object({ do: z.literal('dashboard') }),
  z.object({ do: z.literal('pick'), what: z.enum(['upscale', 'flat']) }),
  z.object({ do: z.literal('reveal'), path: z.string() }),
  z.object({ do: z.literal('copy'), path: z.string() }),
  z.object({ do: z.literal('approve'), job: z.string() }),
  z.object({ do: z.literal('retry'), job: z.string() }),
  z.object({ do: z.literal('cancel'), job: z.string() }),
  z.object({ do: z.literal('revoke'), pairing: z.string() }),
  z.object({ do: z.literal('set'), key: z.enum(['paused', 'notifyEnded', 'notifyApproval']), value: z.boolean() }),
  z.object({ do: z.literal('start-at-login'), on: z.boolean() }),
  z.object({ do: z.literal('quit') }),
]);
export type Action = z.infer<typeof Action>;

/** One line of a menu. `id` is the same as long as the line means the same thing. */
export type MenuItem =
  | { kind: 'line'; id: string }
  | { kind: 'note'; id: string; label: string }
  | { kind: 'action'; id: string; label: string; checked: boolean | null }
  | { kind: 'menu'; id: string; label: string; items: readonly MenuItem[] };

/** `attention`: a job waits for the user. */
export type Mood = 'idle' | 'busy' | 'attention';

export interface Menu {
  mood: Mood;
  /** One line about what is going on, shown beside the icon. */
  status: string;
  items: readonly MenuItem[];
}

/** Icons of one mood as PNG in base64: `black` for light backgrounds, `white` for dark ones. */
export type Icons = Readonly<Record<Mood, { black: string; white: string }>>;

/** What the daemon tells the helper, a line of JSON each. The first one is `hello`. */
export type ToHelper =
  | { type: 'hello'; icons: Icons }
  | { type: 'menu'; menu: Menu }
  | { type: 'notify'; title: string; text: string; id: string | null }
  | { type: 'pick'; id: string; title: string }
  | { type: 'open'; url: string }
  | { type: 'reveal'; path: string }
  | { type: 'copy'; text: string };

/** What the helper tells the daemon. `pick` ends in `picked` (nobody chose anything: no paths) or in `no-picker`. */
export const FromHelper = z.discriminatedUnion('type', [
  /** The icon is there, or will be as soon as the desktop has a place for it. */
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('click'), id: z.string() }),
  z.object({ type: z.literal('picked'), id: z.string(), paths: z.array(z.string()) }),
  z.object({ type: z.literal('no-picker') }),
  /** There is nothing to show an icon on; starting again won't help. */
  z.object({ type: z.literal('unavailable'), why: z.string() }),
]);
export type FromHelper = z.infer<typeof FromHelper>;

export function idOf(action: Action): string {
  return JSON.stringify(action);
}

/** Undefined where the id is none of ours. */
export function actionOf(id: string): Action | undefined {
  try {
    return Action.parse(JSON.parse(id));
  } catch {
    return undefined;
  }
}
