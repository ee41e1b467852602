import { constantOf, type TracedCall } from './call.ts';
import type { Table, Traced, Written } from './traced.ts';

const WRITES: Readonly<Record<string, string>> = {
  to_csv: 'csv',
  to_parquet: 'parquet',
  to_pickle: 'pickle',
  to_json: 'json',
  to_excel: 'excel',
  to_feather: 'feather',
  write_csv: 'csv',
  write_parquet: 'parquet',
  write_ndjson: 'json',
  saveAsTable: 'table',
  save_to_disk: 'dataset',
};
const FUNCTIONS: Readonly<Record<string, string>> = {
  'numpy.save': 'npy',
  'numpy.savez': 'npz',
  'numpy.savez_compressed': 'npz',
  'pickle.dump': 'pickle',
  'joblib.dump': 'pickle',
  'torch.save': 'torch',
  'faiss.write_index': 'faiss',
};

/** Notes a file that the call writes, and whether vectors are in it. */
export function noteWriting(call: TracedCall): void {
  const written = ofTable(call) ?? ofFunction(call) ?? ofSpark(call);
  if (written) call.trace.written.push(written);
}

function ofTable(call: TracedCall): Written | undefined {
  const { receiver, name } = call;
  const format = WRITES[name];
  if (!format || (receiver.is !== 'table' && receiver.is !== 'cells')) return undefined;
  return writtenTable(call, receiver, format, 'path_or_buf');
}

function writtenTable(
  { node, argument }: TracedCall,
  rows: Extract<Traced, { table: Table }>,
  format: string,
  pathArgument: string,
): Written {
  const path = textOf(argument(pathArgument, 0));
  return { node, format, path, vectors: holdsVectors(rows), table: rows.table };
}

function ofFunction(call: TracedCall): Written | undefined {
  const format = FUNCTIONS[call.path];
  if (!format) return undefined;
  const values = [0, 1].map((index) => call.argument('', index));
  const value = values.find(holdsVectors);
  const path = values.map(textOf).find((one) => one !== undefined);
  const table = values.find((one) => one.is === 'table');
  return { node: call.node, format, path, vectors: value !== undefined, table: table?.table };
}

/** `df.write.mode("overwrite").parquet(path)`. */
function ofSpark(call: TracedCall): Written | undefined {
  const { receiver, name, receiverNode } = call;
  if (receiver.is !== 'table' || !/^(parquet|csv|json|save|saveAsTable)$/.test(name)) return undefined;
  if (
    !receiverNode ||
    !/\.write\b/.test(receiverNode.source.code.slice(receiverNode.start, receiverNode.end))
  )
    return undefined;
  const format = name === 'save' ? 'delta' : name === 'saveAsTable' ? 'table' : name;
  return writtenTable(call, receiver, format, 'path');
}

function textOf(value: Traced): string | undefined {
  const constant = constantOf(value);
  return typeof constant === 'string' ? constant : undefined;
}

function holdsVectors(value: Traced): boolean {
  if (value.is === 'vectors') return true;
  return value.is === 'table' && [...value.table.columns.values()].some(({ is }) => is === 'vectors');
}
