/** The settings of a run as its manifest keeps them: all that shaped the results, and nothing that is secret. */
import type { Config } from '../config/index.ts';

type Settings = Record<string, unknown>;

/** Stands for a value that is not kept. */
export const HIDDEN = '***';

/**
 * Without `alerts`, `lineage`, `metrics`, `serve` and `profile`, which shape no result. Addresses lose user, password and parameters; options of a reader keep their names alone, a login its
 * mechanism, and of a store in a database is kept that it is one.
 */
export function keptSettings({
  alerts: _alerts,
  serve: _serve,
  profile: _profile,
  lineage: _lineage,
  metrics: _metrics,
  ...config
}: Config): Settings {
  const { store } = config.index;
  const { options, sasl } = config.source;
  return withoutSecrets({
    ...config,
    index: { ...config.index, store: typeof store === 'string' ? store : Object.keys(store) },
    source: {
      ...config.source,
      ...(options && { options: Object.fromEntries(Object.keys(options).map((name) => [name, HIDDEN])) }),
      ...(sasl && { sasl: { ...sasl, username: HIDDEN, password: HIDDEN } }),
    },
  }) as Settings;
}

function withoutSecrets(value: unknown): unknown {
  if (typeof value === 'string') return plainAddress(value);
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withoutSecrets(inner)]));
}

/** `scheme://user:password@host/path?token=...` as `scheme://host/path`; Spark's parameters come after a semicolon. */
export function plainAddress(text: string): string {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return text;
  const [address] = text.split(/[?#;]/, 1);
  return address!.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i, '$1');
}
