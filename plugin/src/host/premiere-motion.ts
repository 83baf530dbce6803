import type { Action, Component, ComponentParam, PointF, VideoClipTrackItem } from '@adobe/premierepro';
import { ask } from './premiere-guard.ts';
import { ppro } from './premiere-modules.ts';

/** Parameters by their place: their names are in the user's language. */
const SCALES = [1, 2, 3];
const ANCHOR = 5;
const MOTION = 'AE.ADBE Motion';
const OPACITY = 'AE.ADBE Opacity';

/** What `animatedParameter` calls a time remapping. */
export const TIME = 'time';

type Value = number | string | boolean | PointF;

/** Motion and opacity of a clip as they stand, with the host's own objects: valid until the timeline changes. */
export interface Framing {
  readonly motion: readonly Parameter[];
  readonly opacity: readonly Parameter[];
  /** Names of all other effects. */
  readonly effects: readonly string[];
}

interface Parameter {
  readonly object: ComponentParam;
  readonly value: Value;
}

/** The first parameter of a clip's framing that changes over time, by its name; undefined where all stand still. */
export async function animatedParameter(item: VideoClipTrackItem): Promise<string | undefined> {
  for (const { component, match } of await componentsOf(item)) {
    const time = /time.?remap/i.test(match);
    if (!time && match !== MOTION && match !== OPACITY) continue;
    const moving = parametersOf(component).find((parameter) => parameter.isTimeVarying());
    if (moving) return time ? TIME : moving.displayName;
  }
  return undefined;
}

export async function readFraming(item: VideoClipTrackItem): Promise<Framing> {
  const components = await componentsOf(item);
  const valuesOf = async (wanted: string): Promise<Parameter[]> => {
    const found = components.find(({ match }) => match === wanted);
    return found ? Promise.all(parametersOf(found.component).map(readParameter)) : [];
  };
  const others = components.filter(({ match }) => match !== MOTION && match !== OPACITY);
  return {
    motion: await valuesOf(MOTION),
    opacity: await valuesOf(OPACITY),
    effects: await ask('read the effects', () =>
      Promise.all(others.map(({ component }) => component.getDisplayName())),
    ),
  };
}

/**
 * Changes that give a clip the framing of another one whose picture is `enlargement` times smaller. Made inside a lock.
 * Premiere shows pictures pixel by pixel at a scale of 100.
 */
export function matchFraming(placed: Framing, original: Framing, enlargement: number): Action[] {
  const anchor = placed.motion[ANCHOR]?.value;
  // Some versions count the anchor in the picture's pixels, some in parts of its size.
  const anchorFactor = isPoint(anchor) && Math.max(Math.abs(anchor.x), Math.abs(anchor.y)) > 2 ? enlargement : 1;
  const motion = original.motion.map(({ value }, index) => {
    if (SCALES.includes(index) && typeof value === 'number') return value / enlargement;
    return index === ANCHOR && isPoint(value) ? times(value, anchorFactor) : value;
  });
  return [
    ...changes(placed.motion, motion),
    ...changes(
      placed.opacity,
      original.opacity.map(({ value }) => value),
    ),
  ];
}

/** Changes after which a clip whose picture became `enlargement` times larger looks as before. Made inside a lock. */
export function shrinkFraming(framing: Framing, enlargement: number): Action[] {
  return matchFraming(framing, framing, enlargement);
}

/** Is the clip so framed now? Compares the scale, which is what shows. */
export function framed(placed: Framing, original: Framing, enlargement: number): boolean {
  return SCALES.every((index) => {
    const [now, before] = [placed.motion[index]?.value, original.motion[index]?.value];
    if (typeof now !== 'number' || typeof before !== 'number') return true;
    return Math.abs(now - before / enlargement) < 0.01;
  });
}

/** Does something of what lies below show through? */
export function isTranslucent({ opacity }: Framing): boolean {
  const [amount, blending] = opacity;
  return (typeof amount?.value === 'number' && amount.value < 100) || Boolean(blending?.value);
}

function changes(parameters: readonly Parameter[], wanted: readonly Value[]): Action[] {
  return parameters.flatMap(({ object, value }, index) => {
    const target = wanted[index];
    if (target === undefined || same(value, target)) return [];
    return [object.createSetValueAction(object.createKeyframe(target), true)];
  });
}

async function componentsOf(item: VideoClipTrackItem): Promise<{ component: Component; match: string }[]> {
  const chain = await ask('read the effects', () => item.getComponentChain());
  const components = Array.from({ length: chain.getComponentCount() }, (_, index) => chain.getComponentAtIndex(index));
  return Promise.all(
    components.map(async (component) => ({
      component,
      match: await ask('read an effect', () => component.getMatchName()),
    })),
  );
}

function parametersOf(component: Component): ComponentParam[] {
  return Array.from({ length: component.getParamCount() }, (_, index) => component.getParam(index));
}

async function readParameter(object: ComponentParam): Promise<Parameter> {
  const keyframe = await ask('read an effect', () => object.getStartValue());
  return { object, value: keyframe.value.value as Value };
}

function isPoint(value: Value | undefined): value is PointF {
  return typeof value === 'object';
}

function times({ x, y }: PointF, factor: number): PointF {
  return new ppro.PointF(x * factor, y * factor);
}

function same(a: Value, b: Value): boolean {
  return isPoint(a) && isPoint(b) ? a.x === b.x && a.y === b.y : a === b;
}
