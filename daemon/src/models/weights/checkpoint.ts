import { unzipSync } from 'fflate';
import { floatsAt, halvesAt, type Tensor } from './tensors.ts';
import { unpickle, type Surroundings, type Value } from './pickle.ts';

/** The largest network that is listed has 67 MB; with this much more something is wrong. */
const MAX_BYTES = 2 ** 30;

/** Names under which training programs keep the weights in a checkpoint, the averaged ones (EMA) first. */
const weightKeys = ['params_ema', 'params', 'state_dict'];

/** What a pickle of tensors calls, and no more. */
const ORDERED_DICT = 'collections.OrderedDict';
const REBUILD_TENSOR = 'torch._utils._rebuild_tensor_v2';
const elementTypes: Readonly<Record<string, ElementType>> = {
  'torch.FloatStorage': { bytes: 4, read: floatsAt },
  'torch.HalfStorage': { bytes: 2, read: halvesAt },
};

interface ElementType {
  bytes: number;
  read: (bytes: Uint8Array, offset: number, count: number) => Float32Array;
}

/** The numbers of one or more tensors, as a file of the archive. */
interface Storage {
  type: ElementType;
  bytes: Uint8Array;
}

class Global {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/**
 * The weights in a PyTorch checkpoint: a zip archive with a pickle of the dictionary and one file for the numbers of
 * each tensor (torch/serialization.py, since PyTorch 1.6). Throws where it is anything else.
 */
export function readCheckpoint(bytes: Uint8Array): Map<string, Tensor> {
  const files = unzip(bytes);
  const pickle = [...files.keys()].find((name) => /^[^/]+\/data\.pkl$/.test(name));
  const content = pickle === undefined ? undefined : files.get(pickle);
  if (pickle === undefined || !content) throw new Error('the archive is no PyTorch checkpoint');
  const root = pickle.slice(0, -'data.pkl'.length);
  const order = files.get(`${root}byteorder`);
  if (order && new TextDecoder().decode(order) !== 'little') throw new Error('the numbers are stored big-endian');
  return weightsIn(
    unpickle(
      content,
      surroundings((key) => files.get(`${root}data/${key}`)),
    ),
  );
}

function unzip(bytes: Uint8Array): Map<string, Uint8Array> {
  let total = 0;
  const filter = ({ originalSize }: { originalSize: number }): boolean => {
    total += originalSize;
    if (total > MAX_BYTES) throw new Error(`the archive holds more than ${MAX_BYTES} bytes`);
    return true;
  };
  return new Map(Object.entries(unzipSync(bytes, { filter })));
}

function surroundings(file: (key: string) => Uint8Array | undefined): Surroundings {
  return {
    global(name) {
      if (name === ORDERED_DICT || name === REBUILD_TENSOR || elementTypes[name]) return new Global(name);
      throw new Error(`the pickle wants ${name}, which weights don't need`);
    },
    call(callee, args) {
      if (callee instanceof Global && callee.name === ORDERED_DICT && args.length === 0) return new Map();
      if (callee instanceof Global && callee.name === REBUILD_TENSOR) return rebuildTensor(args);
      throw new Error('the pickle calls something that weights don’t need');
    },
    persistent(id) {
      const [kind, type, key] = Array.isArray(id) ? (id as Value[]) : [];
      const elements = type instanceof Global ? elementTypes[type.name] : undefined;
      const bytes = typeof key === 'string' ? file(key) : undefined;
      if (kind !== 'storage' || !elements || !bytes) throw new Error('the numbers of a tensor are missing');
      return { type: elements, bytes } satisfies Storage;
    },
  };
}

/** Arguments of `_rebuild_tensor_v2`: storage, offset and then size and stride by dimension, counted in elements. */
function rebuildTensor([storage, offset, dims, strides]: readonly Value[]): Tensor {
  if (!isStorage(storage) || !isCount(offset) || !areCounts(dims) || !areCounts(strides))
    throw new Error('a tensor is described wrongly');
  const count = dims.reduce((product, n) => product * n, 1);
  if (!isContiguous(dims, strides)) throw new Error('the numbers of a tensor are not in their order');
  if ((offset + count) * storage.type.bytes > storage.bytes.length)
    throw new Error('the numbers of a tensor are cut off');
  return { dims, values: storage.type.read(storage.bytes, offset * storage.type.bytes, count) };
}

function isContiguous(dims: readonly number[], strides: readonly number[]): boolean {
  let expected = 1;
  for (let i = dims.length - 1; i >= 0; i--) {
    if (dims[i] !== 1 && strides[i] !== expected) return false;
    expected *= dims[i] ?? 1;
  }
  return dims.length === strides.length;
}

function weightsIn(content: Value): Map<string, Tensor> {
  if (!(content instanceof Map)) throw new Error('the checkpoint is no dictionary');
  const key = weightKeys.find((name) => content.get(name) instanceof Map);
  const weights = (key === undefined ? content : content.get(key)) as Map<unknown, unknown>;
  return new Map(
    [...weights].map(([name, tensor]) => {
      if (typeof name === 'string' && isTensor(tensor)) return [name, tensor];
      throw new Error(`“${String(name)}” in the checkpoint is no tensor`);
    }),
  );
}

function isStorage(value: Value | undefined): value is Storage {
  return typeof value === 'object' && value !== null && 'bytes' in value && 'type' in value;
}

function isTensor(value: unknown): value is Tensor {
  return typeof value === 'object' && value !== null && 'values' in value && value.values instanceof Float32Array;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function areCounts(value: Value | undefined): value is number[] {
  return Array.isArray(value) && value.length <= 8 && value.every(isCount);
}
