import protobuf from 'protobufjs';
import { checkWire } from './onnx-wire.ts';

/**
 * The part of onnx.proto (ONNX IR 10, github.com/onnx/onnx, `onnx/onnx.proto`) that graphs are read and written with.
 * Field numbers are the format; other fields are dropped on reading: texts for people, sizes of intermediate values and
 * hints of quantisers, which a graph runs without. Two things differ from the original. Numbers of tensors are kept as the
 * packed bytes they are, one chunk each, because nobody here looks into them. And what Uprez does not run (graphs within
 * nodes, weights in other files, functions, sparse weights) is kept closed: it is enough to see that it is there.
 */
const schema = `
syntax = "proto2";
message ModelProto { optional int64 ir_version = 1; optional string producer_name = 2; optional GraphProto graph = 7;
  repeated OperatorSetIdProto opset_import = 8; repeated StringStringEntryProto metadata_props = 14;
  repeated bytes functions = 25; }
message OperatorSetIdProto { optional string domain = 1; optional int64 version = 2; }
message StringStringEntryProto { optional string key = 1; optional string value = 2; }
message GraphProto { repeated NodeProto node = 1; optional string name = 2; repeated TensorProto initializer = 5;
  repeated ValueInfoProto input = 11; repeated ValueInfoProto output = 12; repeated bytes sparse_initializer = 15; }
message NodeProto { repeated string input = 1; repeated string output = 2; optional string name = 3;
  optional string op_type = 4; repeated AttributeProto attribute = 5; optional string domain = 7; }
message AttributeProto { optional string name = 1; optional float f = 2; optional int64 i = 3; optional bytes s = 4;
  optional TensorProto t = 5; optional bytes g = 6; repeated float floats = 7; repeated int64 ints = 8;
  repeated bytes strings = 9; repeated TensorProto tensors = 10; repeated bytes graphs = 11; optional int32 type = 20; }
message TensorProto { repeated int64 dims = 1; optional int32 data_type = 2; repeated bytes float_data = 4;
  repeated bytes int32_data = 5; repeated bytes int64_data = 7; optional string name = 8; optional bytes raw_data = 9;
  repeated bytes double_data = 10; repeated bytes uint64_data = 11; repeated bytes external_data = 13;
  optional int32 data_location = 14; }
message ValueInfoProto { optional string name = 1; optional TypeProto type = 2; }
message TypeProto { optional Tensor tensor_type = 1;
  message Tensor { optional int32 elem_type = 1; optional TensorShapeProto shape = 2; } }
message TensorShapeProto { repeated Dimension dim = 1;
  message Dimension { optional int64 dim_value = 1; optional string dim_param = 2; } }
`;

const modelType = protobuf.parse(schema, { keepCase: true }).root.lookupType('ModelProto');

/** TensorProto.DataType numbers that Uprez uses. */
export const dataType = { float: 1, uint8: 2, uint16: 4, int32: 6, int64: 7, float16: 10 } as const;
export type ElementType = keyof typeof dataType;

export interface OnnxTensor {
  name?: string;
  dims: number[];
  data_type: number;
  /** The numbers: raw, or by type in packed chunks. */
  raw_data?: Uint8Array;
  float_data?: Uint8Array[];
  int32_data?: Uint8Array[];
  int64_data?: Uint8Array[];
  double_data?: Uint8Array[];
  uint64_data?: Uint8Array[];
  /** Numbers that lie in another file. */
  external_data?: Uint8Array[];
  data_location?: number;
}

export interface OnnxAttribute {
  name: string;
  type?: number;
  f?: number;
  i?: number;
  s?: Uint8Array;
  t?: OnnxTensor;
  floats?: number[];
  ints?: number[];
  strings?: Uint8Array[];
  tensors?: OnnxTensor[];
  /** Graphs within the node, unread. */
  g?: Uint8Array;
  graphs?: Uint8Array[];
}

export interface OnnxNode {
  op_type: string;
  input: string[];
  output: string[];
  name?: string;
  domain?: string;
  attribute?: OnnxAttribute[];
}

export interface OnnxValue {
  name: string;
  type?: { tensor_type?: { elem_type: number; shape?: { dim: { dim_value?: number; dim_param?: string }[] } } };
}

export interface OnnxGraph {
  name: string;
  node: OnnxNode[];
  initializer: OnnxTensor[];
  input: OnnxValue[];
  output: OnnxValue[];
  sparse_initializer?: Uint8Array[];
}

export interface OnnxModel {
  ir_version: number;
  producer_name?: string;
  opset_import: { domain?: string; version: number }[];
  graph: OnnxGraph;
  metadata_props?: { key: string; value: string }[];
  functions?: Uint8Array[];
}

/**
 * Reads a model file. Throws where the bytes are no ONNX model, before memory is taken for what they claim to hold.
 * Weights are views of `bytes`.
 */
export function decodeModel(bytes: Uint8Array): OnnxModel {
  checkWire(bytes, modelType);
  const message = modelType.decode(bytes);
  const model = modelType.toObject(message, { longs: Number, arrays: true }) as Partial<OnnxModel>;
  if (!model.graph || !model.opset_import?.length) throw new Error('no graph in the model file');
  return model as OnnxModel;
}

export function encodeModel(model: OnnxModel): Uint8Array {
  return modelType.encode(modelType.fromObject(model)).finish();
}
