/** What is recorded of a run as it begins. */
import { availableParallelism, hostname, totalmem } from 'node:os';
import { thisProcess } from '../chunk/owner.ts';
import type { Config } from '../config/index.ts';
import { digestOf } from '../lake/canonical.ts';
import { gitState } from './git-state.ts';
import { keptSettings } from './kept-settings.ts';
import type { Prepared } from './prepare.ts';
import type { RunOptions } from './run-options.ts';
import { packageVersions } from './versions.ts';

/** Of what decides about tables, and about what may be promoted. */
export function configDigest(config: Config): string {
  // Where the index is kept may hold a password, of which nothing is kept, and shapes no table.
  const { store: _store, ...index } = config.index;
  // Nor do addresses to which alerts and news of runs go, which may be secrets.
  const {
    alerts: _alerts,
    serve: _serve,
    schedule: _schedule,
    lineage: _lineage,
    metrics: _metrics,
    follow: _follow,
    ...shaping
  } = config;
  return digestOf({ ...shaping, index });
}

export async function begunManifest(
  { config, directory, model, files }: Prepared,
  options: RunOptions,
): Promise<Record<string, unknown>> {
  return {
    config: configDigest(config),
    settings: keptSettings(config),
    git: await gitState(directory),
    owner: thisProcess(),
    host: { name: hostname(), cores: availableParallelism(), gigabytes: Math.round(totalmem() / 1e9) },
    model: { id: model.id, digest: model.digest },
    files: files.files.map(({ name, bytes }) => ({ name, bytes })),
    options,
    versions: await packageVersions(),
    platform: `${process.platform}-${process.arch}`,
  };
}
