import { isColumn, isFrame, UNKNOWN, type Value } from './value.ts';

const MAX_PATH = 160;
const FRAME_PARTS = new Set([
  'loc',
  'iloc',
  'T',
  'style',
  'plot',
  'rdd',
  'write',
  'na',
  'stat',
  'query',
  'swifter',
]);
const NO_COLUMN = new Set([
  'columns',
  'shape',
  'dtypes',
  'size',
  'ndim',
  'schema',
  'features',
  'column_names',
  'num_rows',
]);

/** What an attribute of a value is, before it is called. */
export function attributeValue(owner: Value, name: string): Value {
  if (owner.type === 'pandas.DataFrame') return frameAttribute(owner, name);
  if (isFrame(owner)) return NO_COLUMN.has(name) ? { type: 'list' } : keep(owner, name);
  if (isColumn(owner)) return keep(owner, name);
  if (name === 'embedding' && /embed/i.test(owner.path ?? '')) return { type: 'array', vectors: 'one' };
  if (name === 'embeddings' && /embed\(\)|get\(\)/i.test(owner.path ?? ''))
    return { type: 'array', vectors: 'many', matrix: true };
  if (name === 'T' || name === 'values') return owner;
  if (isUnbound(owner)) return { type: 'unknown', path: `?.${name}` };
  if (owner.path !== undefined) return reached(owner, `${owner.path}.${name}`);
  return owner.vectors && name !== 'shape'
    ? { ...owner, path: `array.${name}` }
    : { type: 'unknown', path: `?.${name}` };
}

function frameAttribute(owner: Value, name: string): Value {
  if (NO_COLUMN.has(name)) return { type: 'list', few: true };
  if (name === 'values' || name === 'index') return { ...owner, type: 'array', matrix: true };
  if (FRAME_PARTS.has(name)) return { ...owner, path: `pandas.DataFrame.${name}` };
  const vectors = owner.frame?.vectorColumns.has(name);
  const series = { ...owner, type: 'pandas.Series', column: name, path: `pandas.DataFrame.${name}` } as const;
  return vectors ? { ...series, vectors: 'many', matrix: true } : series;
}

/** A name that nothing defines: what its attributes are is not known. */
export function isUnbound({ type, path }: Value): boolean {
  return type === 'unknown' && path !== undefined && /^(builtins\.|\?)/.test(path);
}

/** A method of a table or a column: whose it is matters when it is called. */
function keep(owner: Value, name: string): Value {
  return { ...owner, path: `${owner.type}.${name}` };
}

export function reached(from: Value, path: string): Value {
  if (path.length > MAX_PATH) return UNKNOWN;
  const last = path.slice(path.lastIndexOf('.') + 1);
  const inModule = from.type === 'module' || from.type === 'class';
  const type = !inModule ? 'object' : /^[A-Z]/.test(last) ? 'class' : 'module';
  return { type, path, ...(from.call && { call: from.call }), ...(from.few && { few: true }) };
}
