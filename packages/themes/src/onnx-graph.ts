/**
 * The small ONNX graphs of this package, as bytes. Written here rather than kept as binary files, so that they can be read. Field
 * numbers are those of onnx.proto3.
 */

/** `Gemm(queries, base, transB=1)`: the product of each query with each row of the base. */
export function productGraph(): Uint8Array {
  return model([PRODUCT], [QUERIES, BASE], [value('scores', FLOAT, ['q', 'n'])]);
}

/** The product, then `TopK`, then the indices as int32. */
export function topKGraph(): Uint8Array {
  const nodes = [
    PRODUCT,
    node(
      'TopK',
      ['scores', 'k'],
      ['similarities', 'positions'],
      [attribute('axis', 1), attribute('largest', 1), attribute('sorted', 1)],
    ),
    node('Cast', ['positions'], ['indices'], [attribute('to', INT32)]),
  ];
  const outputs = [value('similarities', FLOAT, ['q', 'k']), value('indices', INT32, ['q', 'k'])];
  return model(nodes, [QUERIES, BASE, value('k', INT64, [1])], outputs);
}

function model(nodes: Uint8Array[], inputs: Uint8Array[], outputs: Uint8Array[]): Uint8Array {
  const graph = [
    ...nodes.map((bytes) => field(1, bytes)),
    field(2, text('nearest')),
    ...inputs.map((bytes) => field(11, bytes)),
    ...outputs.map((bytes) => field(12, bytes)),
  ];
  return concat([number(1, IR_VERSION), field(7, concat(graph)), field(8, number(2, OPSET))]);
}

const IR_VERSION = 8;
const OPSET = 13;
const FLOAT = 1;
const INT32 = 6;
const INT64 = 7;
const ATTRIBUTE_INT = 2;

const PRODUCT = node('Gemm', ['queries', 'base'], ['scores'], [attribute('transB', 1)]);
const QUERIES = value('queries', FLOAT, ['q', 'd']);
const BASE = value('base', FLOAT, ['n', 'd']);

function node(op: string, inputs: string[], outputs: string[], attributes: Uint8Array[]): Uint8Array {
  return concat([
    ...inputs.map((name) => field(1, text(name))),
    ...outputs.map((name) => field(2, text(name))),
    field(4, text(op)),
    ...attributes.map((bytes) => field(5, bytes)),
  ]);
}

function attribute(name: string, int: number): Uint8Array {
  return concat([field(1, text(name)), number(3, int), number(20, ATTRIBUTE_INT)]);
}

/** ValueInfoProto: a name, an element type, and dimensions by number or by name. */
function value(name: string, type: number, dimensions: (string | number)[]): Uint8Array {
  const shape = dimensions.map((size) =>
    field(1, typeof size === 'number' ? number(1, size) : field(2, text(size))),
  );
  const tensor = concat([number(1, type), field(2, concat(shape))]);
  return concat([field(1, text(name)), field(2, field(1, tensor))]);
}

/** Protocol buffers: a length-delimited field. */
function field(id: number, bytes: Uint8Array): Uint8Array {
  return concat([varint((id << 3) | 2), varint(bytes.length), bytes]);
}

/** Protocol buffers: a varint field. */
function number(id: number, int: number): Uint8Array {
  return concat([varint(id << 3), varint(int)]);
}

function varint(int: number): Uint8Array {
  const bytes: number[] = [];
  let rest = int;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return Uint8Array.from([...bytes, rest]);
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

function concat(parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
