import { AppError } from '@uprez/shared';
import {
  decodeModel,
  type OnnxAttribute,
  type OnnxGraph,
  type OnnxModel,
  type OnnxTensor,
  type OnnxValue,
} from './onnx.ts';
import { isAllowed, seesWholePicture } from './rgb-operators.ts';
import type { RgbTraits } from './rgb-traits.ts';

/** Largest model file, in bytes: the largest upscaling networks in use have half of it. */
export const LARGEST_MODEL = 512 * 1024 * 1024;

/** Older operator sets write the same things in another way; exporters have written 11 since 2019. */
const OLDEST_OPSET = 11;

/** Sides that a network with one size may have. */
const fixedSides = { least: 16, most: 4096 };

/** TensorProto.DataType of strings. */
const STRING = 8;

/** Attribute types that hold graphs (AttributeProto.AttributeType). */
const graphTypes = new Set([5, 10]);

/** What can be told of an RGB network without running it. */
export interface RgbGraphFacts extends Pick<RgbTraits, 'names' | 'element' | 'fixed' | 'opset'> {
  /** Has it operators that mix the whole picture? */
  wholePicture: boolean;
}

/** Reads a model file's bytes. Throws `model.not-onnx`. */
export function readModel(file: string, bytes: Uint8Array): OnnxModel {
  try {
    return decodeModel(bytes);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new AppError('model.not-onnx', { file, why }, { cause });
  }
}

/**
 * Looks at a network from outside. Throws `model.not-allowed` for what is never run, `model.outdated`,
 * `model.luma-only`, and `model.not-image` where it doesn't take one RGB picture and return one.
 */
export function inspectGraph(file: string, { graph, opset_import, functions }: OnnxModel): RgbGraphFacts {
  const opset = opset_import.find(({ domain = '' }) => domain === '' || domain === 'ai.onnx')?.version ?? 0;
  if (functions?.length) refuse(file, 'functions of its own');
  if (opset < OLDEST_OPSET) throw new AppError('model.outdated', { file, opset, oldest: OLDEST_OPSET });
  checkNodes(file, graph);
  checkWeights(file, graph);
  const weights = new Set(graph.initializer.map(({ name }) => name));
  const input = onlyOne(
    file,
    'inputs',
    graph.input.filter(({ name }) => !weights.has(name)),
  );
  const output = onlyOne(file, 'outputs', graph.output);
  const fixed = pictureSize(file, 'takes', input);
  pictureSize(file, 'returns', output);
  return {
    ...{ fixed, opset },
    names: { input: input.name, output: output.name },
    element: { input: elementOf(file, 'takes', input), output: elementOf(file, 'returns', output) },
    wholePicture: graph.node.some(({ op_type }) => seesWholePicture(op_type)),
  };
}

function checkNodes(file: string, { node }: OnnxGraph): void {
  for (const { op_type, domain = '', attribute = [] } of node) {
    if (domain !== '' && domain !== 'ai.onnx') refuse(file, `the operator ${op_type} of ${domain}`);
    if (attribute.some(holdsGraph)) refuse(file, `a graph within the operator ${op_type}`);
    if (!isAllowed(op_type)) refuse(file, `the operator ${op_type}`);
    for (const tensor of attribute.flatMap(tensorsOf)) checkTensor(file, tensor);
  }
}

function tensorsOf({ t, tensors = [] }: OnnxAttribute): readonly OnnxTensor[] {
  return t ? [t, ...tensors] : tensors;
}

function holdsGraph({ type = 0, g, graphs = [] }: OnnxAttribute): boolean {
  return graphTypes.has(type) || g !== undefined || graphs.length > 0;
}

function checkWeights(file: string, { initializer, sparse_initializer }: OnnxGraph): void {
  if (sparse_initializer?.length) refuse(file, 'sparse weights');
  for (const tensor of initializer) checkTensor(file, tensor);
}

function checkTensor(file: string, tensor: OnnxTensor): void {
  if (tensor.external_data?.length || tensor.data_location) refuse(file, 'weights in another file');
  if (tensor.data_type === STRING) refuse(file, 'texts');
}

function onlyOne(file: string, what: 'inputs' | 'outputs', values: readonly OnnxValue[]): OnnxValue {
  const [only] = values;
  if (only && values.length === 1) return only;
  throw new AppError('model.not-image', { file, why: `it has ${values.length} ${what} instead of one` });
}

/** The size written into the file, or null where it is open. */
function pictureSize(file: string, does: 'takes' | 'returns', value: OnnxValue): RgbTraits['fixed'] {
  const dims = dimsOf(value);
  // Exporters may leave the output's shape open; running tells.
  if (!dims && does === 'returns') return null;
  if (dims?.length === 4 && dims[1] === 1) throw new AppError('model.luma-only', { file });
  const { height, width } = sidesOf(dims);
  const right = isPicture(dims) && (does === 'returns' || isSize(height, width));
  if (!right) throw new AppError('model.not-image', { file, why: `it ${does} ${text(dims)} instead of 1x3xHxW` });
  return fixedSize(height, width);
}

function fixedSize(height: number | null, width: number | null): RgbTraits['fixed'] {
  return height === null || width === null ? null : { width, height };
}

function text(dims: readonly (number | null)[] | undefined): string {
  return dims ? dims.map((side) => side ?? '?').join('x') : 'an unknown shape';
}

/** Sizes as far as they are written down; 0 is how some exporters leave them open. */
function dimsOf({ type }: OnnxValue): (number | null)[] | undefined {
  return type?.tensor_type?.shape?.dim.map(({ dim_value }) => dim_value || null);
}

function sidesOf(dims: readonly (number | null)[] = []): { height: number | null; width: number | null } {
  const [, , height = null, width = null] = dims;
  return { height, width };
}

/** Four dimensions, where those that are written down are one picture of three planes. */
function isPicture(dims: readonly (number | null)[] = []): boolean {
  const [batch, channels] = dims;
  return dims.length === 4 && (batch ?? 1) === 1 && (channels ?? 3) === 3;
}

/** Both sides open, or both within bounds. */
function isSize(height: number | null, width: number | null): boolean {
  if (height === null || width === null) return height === width;
  return fits(height) && fits(width);
}

function fits(side: number): boolean {
  return side >= fixedSides.least && side <= fixedSides.most;
}

function elementOf(file: string, does: 'takes' | 'returns', { type }: OnnxValue): 'float' | 'float16' {
  const element = type?.tensor_type?.elem_type;
  if (element === 1) return 'float';
  if (element === 10) return 'float16';
  throw new AppError('model.not-image', { file, why: `it ${does} numbers of type ${element ?? '?'}, not floats` });
}

function refuse(file: string, needs: string): never {
  throw new AppError('model.not-allowed', { file, needs });
}
