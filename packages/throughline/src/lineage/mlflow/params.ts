/** What MLflow takes: names of few characters, short values, a hundred at once. */

export interface Entry {
  key: string;
  value: string;
}

/** Of a parameter; older servers take no more. */
const MOST_VALUE = 500;
const MOST_KEY = 250;

/** Settings by their path, such as `split.maxTokens`. Longer values are cut: the digest of the config, a tag, tells them apart. */
export function paramsOf(settings: Readonly<Record<string, unknown>>): Entry[] {
  const params = new Map<string, string>();
  for (const [path, value] of leaves(settings)) params.set(keyOf(path), cut(value));
  return [...params].map(([key, value]) => ({ key, value }));
}

/** Letters, digits, `_`, `-`, `.`, `/` and spaces are taken by every server. */
export function keyOf(name: string): string {
  return name.replace(/[^\w\-. /]/g, '_').slice(0, MOST_KEY);
}

function cut(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length <= MOST_VALUE ? text : `${text.slice(0, MOST_VALUE - 3)}...`;
}

/** Lists of plain values are one value. */
function* leaves(value: unknown, path = ''): Generator<[string, unknown]> {
  if (value === null || value === undefined) return;
  const isPlain = Array.isArray(value) && value.every((one) => typeof one !== 'object');
  if (typeof value !== 'object' || isPlain) yield [path, value];
  else
    for (const [name, inner] of Object.entries(value))
      yield* leaves(inner, path === '' ? name : `${path}.${name}`);
}
