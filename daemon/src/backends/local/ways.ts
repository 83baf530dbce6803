import { plainWay, type Precision, type Provider, sameWay, type Way } from '@uprez/shared';
import { type EngineModel, precisionsOf } from '../../models/engine-model.ts';

/** What the user wants models to run in; null leaves it to what is fastest. */
export interface Wish {
  provider: Provider | null;
  precision: Precision | null;
}

/** Precisions worth a try, the likely best first: CPUs have no 16-bit arithmetic, devices are poor at this kind of 8-bit. */
const worthwhile: Record<Provider, readonly Precision[]> = {
  cpu: ['fp32', 'int8'],
  webgpu: ['fp16', 'fp32'],
  dml: ['fp16', 'fp32'],
  coreml: ['fp16', 'fp32'],
  cuda: ['fp16', 'fp32'],
};

/** Ways in which a model may run here, as far as the user's wish allows. Interpolation is left to the CPU. */
export function candidateWays(model: EngineModel, wish: Wish, here: readonly Provider[]): Way[] {
  if (model.kind === 'interpolation') return [plainWay];
  const there = precisionsOf(model);
  const providers = wish.provider === null ? here : [wish.provider];
  return providers.flatMap((provider) =>
    (wish.precision === null ? worthwhile[provider] : [wish.precision])
      .filter((precision) => there.includes(precision))
      .map((precision) => ({ provider, precision })),
  );
}

/** The ways and, for when they all fail, the one that works everywhere. */
export function withFallback(ways: readonly Way[]): Way[] {
  // Behind it nothing is ever tried.
  const plain = ways.findIndex((way) => sameWay(way, plainWay));
  return [...(plain === -1 ? ways : ways.slice(0, plain)), plainWay];
}
