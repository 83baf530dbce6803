import { InferenceSession, Tensor } from 'onnxruntime-node';

/** Frames a second of an RGB super-resolution network (one input, NCHW, any size) on the CPU, by its second frame. */
export async function framesPerSecondOf(
  file: string,
  frame: { width: number; height: number; threads: number },
): Promise<number> {
  const session = await InferenceSession.create(file, {
    intraOpNumThreads: frame.threads,
    executionProviders: ['cpu'],
  });
  const [name = 'input'] = session.inputNames;
  const pixels = new Float32Array(3 * frame.width * frame.height).map((_, i) => (i % 256) / 255);
  const feeds = { [name]: new Tensor('float32', pixels, [1, 3, frame.height, frame.width]) };
  await session.run(feeds);
  const startedAt = performance.now();
  await session.run(feeds);
  const seconds = (performance.now() - startedAt) / 1000;
  await session.release();
  return 1 / seconds;
}
