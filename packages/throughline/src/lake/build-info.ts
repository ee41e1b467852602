/** What shaped a build, from its config. Beside `build.ts`, as whoever only reads tables needs neither configs nor models: half of what a process loads. */
import type { ChunkRule } from '../chunk/plan.ts';
import { type Config, rejectsRows } from '../config/index.ts';
import { MAPPER_VERSION } from '../mapper/mapper.ts';
import { keptSpec, type ModelSpec } from '../model/index.ts';
import { mappingOf } from '../source/mapping.ts';
import type { BuildInfo } from './build.ts';
import { digestOf } from './canonical.ts';

/** What beside the config shapes the tables. */
interface Shaping {
  spec: ModelSpec;
  model: { digest: string };
  /** Digests of the commands of `transform` and `split`, with their files. */
  programs: readonly string[];
}

/** Settings that shape the tables; where files lie and how many threads work does not. */
export function buildInfo(
  config: Config,
  rule: ChunkRule,
  { spec, model, programs }: Shaping,
  sample: number | undefined,
): BuildInfo {
  // Where rows come from shapes no table, and options may hold a password that changes.
  const {
    path: _path,
    options: _options,
    url: _url,
    table: _table,
    version: _version,
    changes: _changes,
    brokers: _brokers,
    topic: _topic,
    from: _from,
    onGap: _onGap,
    group: _group,
    sasl: _sasl,
    tls: _tls,
    value,
    ...source
  } = config.source;
  const kept = keptSpec(spec);
  const rejects = config.quality.filter(rejectsRows);
  const settings = {
    source: { ...source, ...(value === 'text' && { value }) },
    transform: config.transform.map(withoutTimeout),
    rule,
    split: withoutTimeout(config.split),
    zone: config.chunk?.zone,
    mapper: MAPPER_VERSION,
    modelDigest: model.digest,
    sample,
    // Other checks read the tables, and do not shape them.
    ...(rejects.length === 0 ? {} : { rejects }),
    ...(programs.length === 0 ? {} : { programs }),
  };
  return {
    digest: digestOf(settings),
    ...(kept === undefined ? {} : { model: kept }),
    modelDigest: model.digest,
    mapping: mappingOf(config.source),
    rule,
    ...(sample === undefined ? {} : { sample }),
  };
}

/** How long an answer may take shapes none. */
function withoutTimeout<T extends object>(settings: T): Omit<T, 'timeout'> {
  const { timeout: _timeout, ...shaping } = settings as T & { timeout?: unknown };
  return shaping;
}
