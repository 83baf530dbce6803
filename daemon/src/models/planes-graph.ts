import { chromaBase, chromaToCore, lumaBase } from './base-filters.ts';
import { debandedPlanes } from './deband.ts';
import { type Finish, legal, plainFinish, type Treating, writeFinished } from './finish.ts';
import { GraphBuilder } from './graph-builder.ts';
import { encodeModel, type OnnxGraph, type OnnxModel } from './onnx.ts';
import { crop, type Picture, weave } from './picture.ts';
import { type PlanesFormat, planesInput } from './planes-format.ts';

interface Cells {
  /** A cell is 2x2 input luma samples; odd sizes are completed by repeating the last row or column. */
  rows: number;
  columns: number;
}

interface Drawing {
  graph: GraphBuilder;
  format: PlanesFormat;
  cells: Cells;
}

export interface PlanesGraphOptions extends Treating {
  /** The network whose residual is added; without one it is plain interpolation. */
  core?: OnnxModel | undefined;
  /**
   * The residual is the mean of two, of the picture and of the same upside down, which costs a second run and gains what
   * a larger network would.
   */
  mirrored?: boolean;
}

/**
 * Builds the graph that doubles one frame: inputs `y`, `u`, `v` as the decoder wrote them, outputs `Y`, `U`, `V` as the
 * encoder reads them. All shapes are baked in, which is what every execution provider is fastest with.
 *
 * Result = analytic interpolation (exact for flat areas) + the core network's residual, in 10-bit code values.
 */
export function planesGraph(format: PlanesFormat, options: PlanesGraphOptions = {}): Uint8Array {
  const { core, mirrored = false, deband = null, finish = plainFinish } = options;
  const graph = new GraphBuilder();
  const cells = { rows: Math.ceil(format.height / 2), columns: Math.ceil(format.width / 2) };
  const drawing = { graph, format, cells };
  const stored = debandedPlanes(graph, planesInput(graph, format), deband);
  const luma = paddedLuma(drawing, stored.luma);
  const chroma = paddedChroma(drawing, stored.chroma);
  const add = mirrored ? addMirrored : addCore;
  const residual = core && add(graph, core.graph, { y: luma, c: coreChroma(drawing, chroma) });
  const lumaCells = graph.conv(luma, lumaBase(), [2, 2]);
  const chromaCells = graph.conv(chroma, chromaBase[format.chroma](), chromaStrides[format.chroma]);
  write(
    drawing,
    {
      luma: residual ? graph.node('Add', [residual.luma, lumaCells]) : lumaCells,
      chroma: residual && !format.grey ? graph.node('Add', [residual.chroma, chromaCells]) : chromaCells,
    },
    finish,
  );
  return planesModel(graph, foreignOperators(core));
}

/** The file of a graph that was drawn for planes. */
export function planesModel(graph: GraphBuilder, operators: OnnxModel['opset_import'] = []): Uint8Array {
  return encodeModel({
    ir_version: 10,
    producer_name: 'uprez',
    // QuantizeLinear to uint16 needs operator set 21.
    opset_import: [{ domain: '', version: 21 }, ...operators],
    graph: graph.build(),
  });
}

/** Operator sets that a core brings along: 8-bit ones may add with onnxruntime's own operator. */
function foreignOperators(core: OnnxModel | undefined): OnnxModel['opset_import'] {
  return core?.opset_import.filter(({ domain }) => domain !== '' && domain !== 'ai.onnx') ?? [];
}

/** Chroma samples of a cell: rows and columns to step over. */
const chromaStrides = { '420': [1, 1], '422': [2, 1], '444': [2, 2] } as const;

/** Edges repeated by two samples, and to whole cells. */
function paddedLuma({ graph, cells }: Drawing, { value, width, height }: Picture): string {
  return graph.pad(value, [2, 2, 2 + cells.rows * 2 - height, 2 + cells.columns * 2 - width]);
}

function paddedChroma({ graph, format, cells }: Drawing, { value, width, height }: Picture): string {
  const vertical = format.chroma === '420' ? 1 : 2;
  const horizontal = format.chroma === '444' ? 2 : 1;
  const missingRows = format.chroma === '420' ? 0 : cells.rows * 2 - height;
  const missingColumns = format.chroma === '444' ? cells.columns * 2 - width : 0;
  return graph.pad(value, [vertical, horizontal, vertical + missingRows, horizontal + missingColumns]);
}

/** The padded 4:2:0 chroma that cores see, filtered to the siting of H.264 where the source has more. */
function coreChroma({ graph, format }: Drawing, chroma: string): string {
  if (format.chroma === '420') return chroma;
  if (format.chroma === '422') return graph.conv(chroma, chromaToCore['422'](), [2, 1]);
  return graph.conv(graph.pad(chroma, [0, 1, 0, 0]), chromaToCore['444'](), [2, 2]);
}

/** The core's contract: `y`, `c` → `y_cells`, `c_cells`, residuals in 10-bit codes (models/README.md). */
function addCore(graph: GraphBuilder, core: OnnxGraph, inputs: CoreInputs): Residual {
  const rename = graph.inline(core, inputs.prefix ?? 'core', { y: inputs.y, c: inputs.c });
  return { luma: rename('y_cells'), chroma: rename('c_cells') };
}

interface CoreInputs {
  y: string;
  c: string;
  /** Of the names of its values, where a graph holds it twice. */
  prefix?: string;
}

/** Both residuals in cells. */
interface Residual {
  luma: string;
  chroma: string;
}

/** Channels of a cell in the order that puts its rows upside down: 4 rows of 4 luma samples, twice 4 rows of 2 of chroma. */
const upsideDown = {
  luma: [3, 2, 1, 0].flatMap((row) => [0, 1, 2, 3].map((column) => 4 * row + column)),
  chroma: [0, 8].flatMap((plane) => [3, 2, 1, 0].flatMap((row) => [0, 1].map((column) => plane + 2 * row + column))),
};

/** 4:2:0 chroma lies half-way between two rows, so a picture upside down is sited as it should be; mirrored sideways it isn't. */
function addMirrored(graph: GraphBuilder, core: OnnxGraph, inputs: CoreInputs): Residual {
  const upright = addCore(graph, core, inputs);
  const turned = addCore(graph, core, { y: turn(graph, inputs.y), c: turn(graph, inputs.c), prefix: 'mirror' });
  const mean = (plane: 'luma' | 'chroma'): string => {
    const back = graph.node('Gather', [turn(graph, turned[plane]), graph.int64s(upsideDown[plane])], {
      attributes: { axis: 1 },
    });
    return graph.node('Mul', [graph.node('Add', [upright[plane], back]), graph.floats([], [0.5])]);
  };
  return { luma: mean('luma'), chroma: mean('chroma') };
}

/** Rows in the opposite order. */
function turn(graph: GraphBuilder, value: string): string {
  const [last, beyondFirst] = [graph.int64s([-1]), graph.int64s([-(2 ** 31)])];
  return graph.node('Slice', [value, last, beyondFirst, graph.int64s([2]), graph.int64s([-1])]);
}

/** Rounds cells to codes before they are put in order, which moves half as many bytes, unless they are finished first. */
function write(drawing: Drawing, cells: Residual, finish: Finish): void {
  if (finish === plainFinish) {
    writeLuma(drawing, cells.luma);
    writeChroma(drawing, cells.chroma);
    return;
  }
  const { graph, format } = drawing;
  const { rows, columns } = drawing.cells;
  const size = { height: format.height * 2, width: format.width * 2 };
  const luma = weave(graph, { value: cells.luma, width: columns, height: rows, planes: 1 }, { high: 4, wide: 4 });
  const chroma = weave(graph, { value: cells.chroma, width: columns, height: rows, planes: 2 }, { high: 4, wide: 2 });
  const halfSize = { ...size, width: format.width };
  writeFinished(
    graph,
    { luma: crop(graph, luma, size), chroma: crop(graph, chroma, halfSize) },
    { ...finish, matrix: format.matrix },
  );
}

function writeLuma({ graph, format, cells }: Drawing, values: string): void {
  const size = { height: format.height * 2, width: format.width * 2 };
  const plane = shuffle(graph, quantised(graph, values), { ...cells, high: 4, wide: 4 });
  writeCropped(graph, plane, { ...size, from: { height: cells.rows * 4, width: cells.columns * 4 }, output: 'Y' });
}

function writeChroma({ graph, format, cells }: Drawing, values: string): void {
  const size = { height: format.height * 2, width: format.width };
  const codes = quantised(graph, values);
  ['U', 'V'].forEach((output, i) => {
    const plane = graph.node('Slice', [codes, graph.int64s([i * 8]), graph.int64s([i * 8 + 8]), graph.int64s([1])]);
    const shuffled = shuffle(graph, plane, { ...cells, high: 4, wide: 2 });
    writeCropped(graph, shuffled, { ...size, from: { height: cells.rows * 4, width: cells.columns * 2 }, output });
  });
}

function quantised(graph: GraphBuilder, values: string): string {
  return graph.node('QuantizeLinear', [legal(graph, values), graph.floats([], [1]), graph.zeroPoint('uint16', 0)]);
}

/** [1, high*wide, rows, columns] → [rows*high, columns*wide], in two moves that both copy long runs. */
function shuffle(graph: GraphBuilder, value: string, shape: Cells & { high: number; wide: number }): string {
  const { rows, columns, high, wide } = shape;
  const split = graph.node('Reshape', [value, graph.int64s([high, wide, rows * columns])]);
  const woven = graph.node('Transpose', [split], { attributes: { perm: [0, 2, 1] } });
  const lines = graph.node('Reshape', [woven, graph.int64s([high, rows, columns * wide])]);
  return graph.node('Transpose', [lines], { attributes: { perm: [1, 0, 2] } });
}

function writeCropped(
  graph: GraphBuilder,
  value: string,
  shape: { height: number; width: number; from: { height: number; width: number }; output: string },
): void {
  const { height, width, from, output } = shape;
  graph.output(output, 'uint16', [1, 1, height, width]);
  const exact = from.height === height && from.width === width;
  const whole = [1, 1, from.height, from.width];
  const plane = graph.node('Reshape', [value, graph.int64s(whole)], exact ? { output } : {});
  if (exact) return;
  const ends = [graph.int64s([0, 0]), graph.int64s([height, width]), graph.int64s([2, 3])];
  graph.node('Slice', [plane, ...ends], { output });
}
