import { type SyntaxNode, textOf } from '../python/node.ts';
import { isUnbound, reached } from './attribute.ts';
import { isColumn, isFrame, UNKNOWN, type Value } from './value.ts';

/** What `value[keys]` is. */
export function subscriptValue(
  value: Value,
  keys: readonly SyntaxNode[],
  valueAt: (node: SyntaxNode) => Value,
): Value {
  const [key] = keys;
  if (!key) return UNKNOWN;
  if (isFrame(value)) return ofFrame(value, key, keys.length, valueAt(key));
  if (isColumn(value)) return ofColumn(value, key, valueAt(key));
  if (key.type === 'slice') return sliced(value, key);
  if (value.vectors === 'many')
    return keys.length > 1
      ? value
      : { type: 'array', vectors: 'one', ...(value.path && { path: value.path }) };
  if (value.type === 'list') return value.items?.[Number(valueAt(key).literal)] ?? value.element ?? UNKNOWN;
  const name = valueAt(key).literal;
  const ofEmbeddings = /embed|pipeline\(/i.test(value.path ?? '');
  if (name === 'embedding' && ofEmbeddings) return { type: 'array', vectors: 'one' };
  if (name === 'embeddings' && value.path !== undefined)
    return { type: 'array', vectors: 'many', matrix: true };
  return value.path === undefined || isUnbound(value) ? UNKNOWN : reached(value, `${value.path}[]`);
}

function ofFrame(frame: Value, key: SyntaxNode, keys: number, keyValue: Value): Value {
  const indexer = /\.(iloc|loc)$/.test(frame.path ?? '');
  if (key.type === 'slice') return sliced(frame, key);
  if (frame.type === 'datasets.Dataset') return ofDataset(frame, key, keyValue);
  if (indexer)
    return keys > 1 ? column(frame, undefined) : keyValue.type === 'number' ? UNKNOWN : plain(frame);
  if (keyValue.type === 'text') return column(frame, keyValue.literal as string | undefined);
  if (isColumn(keyValue) || keyValue.type === 'list' || /operator$/.test(key.type)) return plain(frame);
  return key.type === 'identifier' ? column(frame, undefined) : plain(frame);
}

function ofDataset(dataset: Value, key: SyntaxNode, keyValue: Value): Value {
  if (keyValue.type === 'text') {
    if (dataset.path === 'datasets.DatasetDict') return { ...dataset, path: 'datasets.Dataset' };
    return { ...dataset, type: 'datasets.Column', path: 'datasets.Column' };
  }
  return keyValue.type === 'number' || key.type === 'identifier' ? { type: 'dict' } : UNKNOWN;
}

function ofColumn(value: Value, key: SyntaxNode, keyValue: Value): Value {
  if (key.type === 'slice') return sliced(value, key);
  if (isColumn(keyValue) || /operator$/.test(key.type)) return value;
  return value.vectors ? { type: 'array', vectors: 'one' } : UNKNOWN;
}

function plain(frame: Value): Value {
  return { ...frame, path: frame.type };
}

function column(frame: Value, name: string | undefined): Value {
  const vectors = name !== undefined && frame.frame?.vectorColumns.has(name);
  const series = { ...frame, type: 'pandas.Series', path: 'pandas.Series' } as const;
  return {
    ...series,
    ...(name !== undefined && { column: name }),
    ...(vectors && { vectors: 'many', matrix: true }),
  };
}

/** `[:n]` cuts; `[i:n]` and `[i:i + n]` walk. One row of an array stays a matrix of one. */
function sliced(value: Value, slice: SyntaxNode): Value {
  const cut = /^:\s*[^:\s-]/.test(textOf(slice).trim());
  const base = isFrame(value) ? plain(value) : value;
  return cut ? { ...base, cut: true } : base;
}
