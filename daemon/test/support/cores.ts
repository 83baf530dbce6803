import { writeFileSync } from 'node:fs';
import type { EngineModel } from '../../src/models/engine-model.ts';
import { dataType, encodeModel, type OnnxAttribute, type OnnxModel, type OnnxNode } from '../../src/models/onnx.ts';
import { Chance } from './chance.ts';
import type { TempDir } from './temp-dir.ts';

type Shape = [outputs: number, inputs: number, height: number, width: number];

const CHANNELS = 8;
const hiddenShape: Shape = [CHANNELS, CHANNELS, 3, 3];
/** Largest weight of hidden layers. */
const SPREAD = 0.08;
/** Code values that a step of an 8-bit activation stands for, and a step of an 8-bit weight. */
const [ACTIVATION, WEIGHT] = [0.5, 0.002];

/**
 * A small untrained core of the contract of models/README.md, in 32-bit floats and with 8-bit hidden layers, which may
 * give numbers that are wrong.
 */
export function tinyModel(folder: TempDir, { wrong = false } = {}): EngineModel {
  const files = { fp32: folder.file('tiny.onnx'), int8: folder.file('tiny.int8.onnx') };
  writeFileSync(files.fp32, encodeModel(tinyCore('fp32')));
  writeFileSync(files.int8, encodeModel(tinyCore('int8', wrong ? 30 : 1)));
  return { kind: 'planes', files };
}

/** Both precisions have the same weights, up to rounding. */
function tinyCore(precision: 'fp32' | 'int8', gain = 1): OnnxModel {
  const sheet = new Sheet();
  const stem = [
    sheet.conv('y', [CHANNELS, 1, 6, 6], { spread: 0.004, stride: 2, padding: 0 }),
    sheet.conv('c', [CHANNELS, 2, 3, 3], { spread: 0.004, padding: 0 }),
  ];
  const start = sheet.node('Relu', [sheet.node('Add', stem)]);
  const hidden = precision === 'int8' ? eightBits(sheet, start) : floats(sheet, start);
  sheet.conv(hidden, [16, CHANNELS, 3, 3], { spread: 0.1 * gain, output: 'y_cells' });
  sheet.conv(hidden, [16, CHANNELS, 3, 3], { spread: 0.1 * gain, output: 'c_cells' });
  return sheet.model();
}

function floats(sheet: Sheet, start: string): string {
  const first = sheet.node('Relu', [sheet.conv(start, hiddenShape, { spread: SPREAD })]);
  const second = sheet.conv(first, hiddenShape, { spread: SPREAD });
  return sheet.node('Relu', [sheet.node('Add', [second, start])]);
}

/** Zero points of 0 do what Relu does; a sum needs its summands signed. */
function eightBits(sheet: Sheet, start: string): string {
  const [positive, signed] = [sheet.byte(0), sheet.byte(128)];
  const scale = sheet.float(ACTIVATION);
  const quantised = sheet.node('QuantizeLinear', [start, scale, positive]);
  const convolved = (input: string, zero: string): string =>
    sheet.quantisedConv([input, scale, positive], [scale, zero]);
  const second = convolved(convolved(quantised, positive), signed);
  const sum = [second, scale, signed, quantised, scale, positive, scale, positive];
  return sheet.node('DequantizeLinear', [sheet.node('QLinearAdd', sum, { domain: 'com.microsoft' }), scale, positive]);
}

/** Writes a graph down, with weights by chance. */
class Sheet {
  private readonly chance = new Chance(1);
  private readonly nodes: OnnxNode[] = [];
  private readonly weights: OnnxModel['graph']['initializer'] = [];

  node(op: string, input: string[], more: Partial<OnnxNode> = {}): string {
    const name = `${op}_${this.nodes.length}`;
    this.nodes.push({ op_type: op, input, output: [name], name, ...more });
    return more.output?.[0] ?? name;
  }

  conv(
    input: string,
    shape: Shape,
    { spread, stride = 1, padding = 1, output }: { spread: number; stride?: number; padding?: number; output?: string },
  ): string {
    const kernel = this.weight('float', shape, Float32Array.from(this.drawn(shape, spread)));
    const attribute = convAttributes(shape, stride, padding);
    return this.node('Conv', [input, kernel], { attribute, ...(output && { output: [output] }) });
  }

  quantisedConv(input: string[], output: string[]): string {
    const values = Int8Array.from(this.drawn(hiddenShape, SPREAD), (value) => Math.round(value / WEIGHT));
    const zero = this.weight('int8', [], new Int8Array(1));
    const kernel = [this.weight('int8', hiddenShape, values), this.float(WEIGHT), zero];
    return this.node('QLinearConv', [...input, ...kernel, ...output], { attribute: convAttributes(hiddenShape, 1, 1) });
  }

  float(value: number): string {
    return this.weight('float', [], Float32Array.of(value));
  }

  byte(value: number): string {
    return this.weight('uint8', [], Uint8Array.of(value));
  }

  model(): OnnxModel {
    const input = ['y', 'c'].map((name) => floatValue(name, [name === 'y' ? 1 : 2, undefined, undefined]));
    const output = ['y_cells', 'c_cells'].map((name) => floatValue(name, [16, undefined, undefined]));
    return {
      ir_version: 8,
      opset_import: [
        { domain: '', version: 13 },
        { domain: 'com.microsoft', version: 1 },
      ],
      graph: { name: 'tiny', node: this.nodes, initializer: this.weights, input, output },
    };
  }

  private drawn(shape: Shape, spread: number): number[] {
    const count = shape.reduce((product, length) => product * length, 1);
    return Array.from({ length: count }, () => (this.chance.fraction() * 2 - 1) * spread);
  }

  private weight(type: keyof typeof elements, dims: number[], values: ArrayBufferView): string {
    const name = `weight_${this.weights.length}`;
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    this.weights.push({ name, dims, data_type: elements[type], raw_data: bytes });
    return name;
  }
}

/** TensorProto.DataType of int8 is 3. */
const elements = { float: dataType.float, uint8: dataType.uint8, int8: 3 } as const;

function convAttributes([, , height, width]: Shape, stride: number, padding: number): OnnxAttribute[] {
  const ints = { kernel_shape: [height, width], strides: [stride, stride], pads: Array<number>(4).fill(padding) };
  return Object.entries(ints).map(([name, values]) => ({ name, type: 7, ints: values }));
}

function floatValue(name: string, [channels, ...sides]: [number, ...undefined[]]) {
  const dim = [{ dim_value: 1 }, { dim_value: channels }, ...sides.map((_, i) => ({ dim_param: `${name}_${i}` }))];
  return { name, type: { tensor_type: { elem_type: dataType.float, shape: { dim } } } };
}
