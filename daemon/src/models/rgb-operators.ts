/**
 * Operators that image networks are made of (github.com/onnx/onnx, docs/Operators.md). Left out is what reads or makes
 * anything but numbers (strings, sequences, optional values), what holds graphs within graphs, what is random and what
 * trains: no upscaler needs it, and every operator is code that strangers' files reach.
 */
const allowed = new Set(
  `
  Conv ConvTranspose ConvInteger QLinearConv DeformConv DepthToSpace SpaceToDepth Resize Upsample Pad GridSample
  AveragePool MaxPool GlobalAveragePool GlobalMaxPool LpPool GlobalLpPool
  MatMul MatMulInteger QLinearMatMul Gemm Einsum Attention
  BatchNormalization InstanceNormalization LayerNormalization GroupNormalization RMSNormalization LpNormalization LRN
  MeanVarianceNormalization
  Relu LeakyRelu PRelu Elu Selu Celu Gelu Swish HardSigmoid HardSwish Sigmoid Tanh Softplus Softsign Softmax LogSoftmax
  Mish ThresholdedRelu Shrink Hardmax
  Add Sub Mul Div Pow Sqrt Exp Log Abs Neg Sign Floor Ceil Round Reciprocal Erf Mod Min Max Mean Sum Clip
  Sin Cos Tan Asin Acos Atan Sinh Cosh Asinh Acosh Atanh CumSum
  ReduceMean ReduceSum ReduceMax ReduceMin ReduceProd ReduceL1 ReduceL2 ReduceSumSquare ReduceLogSum ReduceLogSumExp
  ArgMax ArgMin TopK
  And Or Not Xor Equal Greater GreaterOrEqual Less LessOrEqual Where IsNaN IsInf BitShift
  Cast CastLike Identity Constant ConstantOfShape Shape Size Range EyeLike OneHot Trilu
  Reshape Flatten Transpose Squeeze Unsqueeze Concat Split Slice Gather GatherElements GatherND Scatter ScatterElements
  ScatterND Expand Tile Compress NonZero CenterCropPad Col2Im ReverseSequence
  QuantizeLinear DequantizeLinear DynamicQuantizeLinear Dropout
  `
    .trim()
    .split(/\s+/),
);

export function isAllowed(operator: string): boolean {
  return allowed.has(operator);
}

/** Operators whose every output sample depends on the whole picture. */
const wholePicture = new Set([
  ...['GlobalAveragePool', 'GlobalMaxPool', 'GlobalLpPool', 'InstanceNormalization', 'GroupNormalization'],
  'MeanVarianceNormalization',
]);

export function seesWholePicture(operator: string): boolean {
  return wholePicture.has(operator);
}
