import { catalog, type Price } from './catalog.ts';
import { outputFrames } from './settle.ts';
import type { Quote, Resolution, SettledOrder } from './wire.ts';

const GIGA = 1e9;
const HD_PIXELS = 1920 * 1080;

/** Frames per second that the service promises at best and at worst. */
const SPEED = { best: 10, worst: 8 };

/** What an order costs and how long it takes in an empty queue. */
export function quoteFor(order: SettledOrder): Quote {
  const frames = outputFrames(order);
  const parts = order.filters.map(({ model }) => credits(catalog.get(model)?.price, order));
  const low = Math.max(
    1,
    parts.reduce((sum, part) => sum + part, 0),
  );
  return {
    cost: [low, Math.ceil(low * 1.2)],
    time: [Math.ceil(frames / SPEED.best), Math.ceil(frames / SPEED.worst)],
  };
}

function credits(price: Price | undefined, order: SettledOrder): number {
  if (!price) return 0;
  const { resolution } = order.output;
  const frames = outputFrames(order);
  switch (price.per) {
    case 'gigapixel':
      return Math.ceil((price.credits * pixels(resolution) * frames) / GIGA);
    case 'new-gigapixel':
      return Math.ceil((price.credits * pixels(resolution) * Math.max(0, frames - order.source.frameCount)) / GIGA);
    case 'frame':
      return Math.ceil(frames / (pixels(resolution) <= HD_PIXELS ? price.hd : price.above));
  }
}

function pixels({ width, height }: Resolution): number {
  return width * height;
}
