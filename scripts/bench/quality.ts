import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { inspectModel } from '../../daemon/src/backends/local/inspect-model.ts';
import { findFfmpeg } from '../../daemon/src/media/find-ffmpeg.ts';
import { type EngineModel, precisionsOf } from '../../daemon/src/models/engine-model.ts';
import { decodeModel } from '../../daemon/src/models/onnx.ts';
import { ModelRegistry } from '../../daemon/src/models/registry.ts';
import { type Figures, figuresOf } from './quality/figures.ts';
import { type Method, type MethodTools, ModelMethod, scalerMethod } from './quality/methods.ts';
import { generatedPictures, heldOutPhotos } from './quality/originals.ts';
import { reportTables } from './quality/report.ts';
import { type Course, makeTrials } from './quality/trials.ts';

/**
 * Measures what models make of clips whose originals are known: `npm run bench:quality -- --photos folder`. Flags:
 * `--photos` (the photographs that were kept out of the training; else pictures that ffmpeg draws), `--models folder`
 * (further ONNX files), `--crf 18,23,28`, `--frames 8`, `--json`.
 */
const { values: flags } = parseArgs({
  options: {
    photos: { type: 'string' },
    models: { type: 'string' },
    crf: { type: 'string', default: '18,23,28' },
    frames: { type: 'string', default: '8' },
    json: { type: 'boolean', default: false },
  },
});

const inspectionScript = fileURLToPath(new URL('../../daemon/dist/inspection.mjs', import.meta.url));

/** What the others are compared with. */
const PLAIN = 'bicubic';

const folder = await mkdtemp(join(tmpdir(), 'uprez-bench-'));
try {
  const ffmpeg = (await findFfmpeg(process.env['UPREZ_FFMPEG_PATH'] ?? null, process.env['PATH'] ?? '')).path;
  const course: Course = {
    ffmpeg,
    folder,
    pictures: flags.photos ? await heldOutPhotos(flags.photos) : generatedPictures(),
    crfs: flags.crf.split(',').map(Number),
    frames: Number(flags.frames),
    sparse: flags.models !== undefined,
  };
  const trials = await makeTrials(course);
  const figures: Figures[] = [];
  for (const method of await methods({ ffmpeg, threads: availableParallelism() }))
    figures.push(await figuresOf(method, trials, course));
  process.stdout.write(flags.json ? `${JSON.stringify(figures, null, 2)}\n` : described(course, figures));
} finally {
  await rm(folder, { recursive: true });
}

/** Plain interpolation first: the others are compared with it. */
async function methods(tools: MethodTools): Promise<Method[]> {
  const registry = new ModelRegistry([fileURLToPath(new URL('../../models', import.meta.url))]);
  const ids = (await registry.models()).filter(({ ready }) => ready).map(({ id }) => id);
  const ours = ids.filter((id) => id !== PLAIN).flatMap((id) => inEachPrecision(id, registry.engineModel(id), tools));
  return [
    ...inEachPrecision(PLAIN, registry.engineModel(PLAIN), tools),
    scalerMethod('bicubic, deband', { flags: 'bicubic', afterwards: 'deband' }, tools),
    scalerMethod('lanczos', { flags: 'lanczos' }, tools),
    ...ours,
    ...(flags.models ? await modelsIn(flags.models, tools) : []),
  ];
}

/** The models in a folder, core networks (models/README.md) and RGB networks. Throws where one can't be used. */
async function modelsIn(models: string, tools: MethodTools): Promise<Method[]> {
  const found: Method[] = [];
  for (const name of (await readdir(models)).filter((each) => each.endsWith('.onnx')).sort())
    found.push(...inEachPrecision(name, await modelOf(join(models, name)), tools));
  return found;
}

async function modelOf(file: string): Promise<EngineModel> {
  const outputs = decodeModel(await readFile(file)).graph.output.map((value) => value.name);
  if (outputs.join() === 'y_cells,c_cells') return { kind: 'planes', files: { fp32: file } };
  return { kind: 'rgb', file, traits: await inspectModel(file, { script: inspectionScript }) };
}

/** fp16 is for GPUs: a CPU computes it in fp32, slowly and to the same picture. */
function inEachPrecision(name: string, model: EngineModel, tools: MethodTools): Method[] {
  const precisions = precisionsOf(model).filter((precision) => precision !== 'fp16');
  return precisions.map((precision) => {
    const title = precision === 'fp32' ? name : `${name} ${precision}`;
    return new ModelMethod(title, { model, precision }, tools);
  });
}

function described({ pictures, crfs, frames, sparse }: Course, figures: readonly Figures[]): string {
  const kept = sparse ? 'every third frame of the pans and two of each still shot measured' : 'every frame measured';
  return `${reportTables(figures, crfs)}
640x360 → 1280x720 from ${pictures.map(({ name }) => name).join(', ')}; clips of ${frames} frames, ${kept}.
The numbers in the head are rate factors of libx264, for soft: how much the originals were softened before, at CRF ${crfs[0]}.
PSNR   of luma in dB, 10 bit (peak 1023), 8 pixels cropped, mean of the panned clips; gain and least gain of a clip: against bicubic
SSIM   of luma, mean of all frames
soft   mean gain of PSNR against bicubic
ramp   rms distance of 8-bit gradients from what nobody rounded, in 10-bit codes
still  mean change of luma from frame to frame in a still shot, in 10-bit codes
fps    of enlarging alone; speed: bicubic = 1
`;
}
