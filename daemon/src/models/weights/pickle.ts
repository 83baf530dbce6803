/** What a pickle of weights is made of. Tuples and lists are arrays, dictionaries are maps. */
export type Value = null | boolean | number | string | object;

/** What a pickle may refer to. Both throw for what they don't know; nothing else is ever called or looked up. */
export interface Surroundings {
  /** A class or function by its Python name, to be called with arguments or passed on as it is. */
  global(name: string): Value;
  /** Calls what `global` gave out. */
  call(callee: Value, args: readonly Value[]): Value;
  /** An object that is kept outside the pickle. */
  persistent(id: Value): Value;
}

/** More than any checkpoint of a network needs, and little enough to hold in memory. */
const MAX_VALUES = 1_000_000;
const decoder = new TextDecoder('utf-8', { fatal: true });

/** Between this mark and the top of the stack lie the members of a tuple, list or dictionary. */
const mark = Symbol('mark');

/**
 * Reads the part of Python's pickle format (protocol 2, `Lib/pickletools.py`) in which PyTorch writes dictionaries of
 * tensors. Everything else, such as building other objects, throws: a pickle can be a program, and this runs none.
 */
export function unpickle(bytes: Uint8Array, surroundings: Surroundings): Value {
  return new Unpickler(bytes, surroundings).run();
}

class Unpickler {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly around: Surroundings;
  private readonly stack: (Value | typeof mark)[] = [];
  private readonly memo = new Map<number, Value>();
  private at = 0;

  constructor(bytes: Uint8Array, surroundings: Surroundings) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.around = surroundings;
  }

  run(): Value {
    for (;;) {
      const code = this.number('getUint8', 1);
      if (code === STOP) return this.result();
      const step = opcodes.get(code);
      if (!step) throw new Error(`operation 0x${code.toString(16)} in the pickle, which weights don't need`);
      step(this);
      if (this.stack.length > MAX_VALUES || this.memo.size > MAX_VALUES)
        throw new Error('too many values in the pickle');
    }
  }

  private result(): Value {
    const value = this.pop();
    if (this.stack.length > 0) throw new Error('the pickle ends too early');
    return value;
  }

  push(value: Value | typeof mark): void {
    this.stack.push(value);
  }

  pop(): Value {
    const value = this.stack.pop();
    if (value === undefined || value === mark) throw new Error('a value is missing in the pickle');
    return value;
  }

  top(): Value {
    const value = this.pop();
    this.stack.push(value);
    return value;
  }

  /** The values above the latest mark, in their order; the mark goes too. */
  popToMark(): Value[] {
    const start = this.stack.lastIndexOf(mark);
    if (start < 0) throw new Error('a mark is missing in the pickle');
    // No further mark lies above the latest one.
    return this.stack.splice(start).slice(1) as Value[];
  }

  number(read: 'getUint8' | 'getUint16' | 'getUint32' | 'getInt32', size: number): number {
    const start = this.forward(size);
    return this.view[read](start, true);
  }

  text(length: number): string {
    const start = this.forward(length);
    return decoder.decode(this.bytes.subarray(start, start + length));
  }

  line(): string {
    const end = this.bytes.indexOf(0x0a, this.at);
    if (end < 0) throw new Error('the pickle is cut off');
    const text = this.text(end - this.at);
    this.at = end + 1;
    return text;
  }

  remember(index: number): void {
    this.memo.set(index, this.top());
  }

  recall(index: number): void {
    const value = this.memo.get(index);
    if (value === undefined) throw new Error('the pickle refers to nothing');
    this.push(value);
  }

  pushGlobal(): void {
    const module = this.line();
    this.push(this.around.global(`${module}.${this.line()}`));
  }

  pushPersistent(): void {
    this.push(this.around.persistent(this.pop()));
  }

  call(): void {
    const args = this.pop();
    if (!Array.isArray(args)) throw new Error('arguments are no tuple in the pickle');
    this.push(this.around.call(this.pop(), args as Value[]));
  }

  tuple(length: number): void {
    const members = Array.from({ length }, () => this.pop());
    this.push(members.reverse());
  }

  setItems(items: readonly Value[]): void {
    const target = this.top();
    if (!(target instanceof Map) || items.length % 2 !== 0) throw new Error('no dictionary to fill in the pickle');
    for (let i = 0; i < items.length; i += 2) target.set(items[i], items[i + 1]);
  }

  /** Attributes beside a dictionary's content, such as the versions that PyTorch notes of its layers; not needed. */
  dropState(): void {
    this.pop();
    if (!(this.top() instanceof Map)) throw new Error('the pickle gives state to something else than a dictionary');
  }

  expectProtocol(): void {
    const protocol = this.number('getUint8', 1);
    if (protocol !== 2) throw new Error(`pickle protocol ${protocol} instead of 2`);
  }

  private forward(size: number): number {
    const start = this.at;
    if (start + size > this.bytes.length) throw new Error('the pickle is cut off');
    this.at += size;
    return start;
  }
}

const STOP = 0x2e;

const opcodes = new Map<number, (pickle: Unpickler) => void>([
  [0x80, (p) => p.expectProtocol()],
  [0x28, (p) => p.push(mark)],
  [0x4e, (p) => p.push(null)],
  [0x88, (p) => p.push(true)],
  [0x89, (p) => p.push(false)],
  [0x4b, (p) => p.push(p.number('getUint8', 1))],
  [0x4d, (p) => p.push(p.number('getUint16', 2))],
  [0x4a, (p) => p.push(p.number('getInt32', 4))],
  [0x58, (p) => p.push(p.text(p.number('getUint32', 4)))],
  [0x7d, (p) => p.push(new Map())],
  [0x29, (p) => p.tuple(0)],
  [0x85, (p) => p.tuple(1)],
  [0x86, (p) => p.tuple(2)],
  [0x87, (p) => p.tuple(3)],
  [0x74, (p) => p.push(p.popToMark())],
  [0x71, (p) => p.remember(p.number('getUint8', 1))],
  [0x72, (p) => p.remember(p.number('getUint32', 4))],
  [0x68, (p) => p.recall(p.number('getUint8', 1))],
  [0x6a, (p) => p.recall(p.number('getUint32', 4))],
  [0x63, (p) => p.pushGlobal()],
  [0x51, (p) => p.pushPersistent()],
  [0x52, (p) => p.call()],
  [0x75, (p) => p.setItems(p.popToMark())],
  [0x73, (p) => p.setItems([p.pop(), p.pop()].reverse())],
  [0x62, (p) => p.dropState()],
]);
