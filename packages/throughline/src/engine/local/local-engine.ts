/** The engine of one machine: DuckDB stages the source, worker threads embed, DuckDB writes Parquet. */
import { ConfigError, type LoadedConfig } from '../../config/index.ts';
import type { SourceRow } from '../../mapper/rows.ts';
import { findSource } from '../../source/find-source.ts';
import type { Engine } from '../engine.ts';
import type { EngineEffects } from '../open.ts';
import { firstRows, openChunkReader } from './chunk-rows.ts';
import { describeSource } from './describe-source.ts';
import { openLocalRunner } from './local-runner.ts';
import { openSession, type Session } from './session.ts';
import { stage } from './stage.ts';

export function openLocalEngine(
  { config, directory, file }: LoadedConfig,
  { signal }: Pick<EngineEffects, 'signal'> = {},
): Engine {
  let opened: Promise<Session> | undefined;
  const session = () => {
    opened ??= openSession();
    return opened;
  };
  return {
    async findFiles() {
      if (config.source.type !== 'spark') return findSource(config.source, directory);
      throw new ConfigError(
        file,
        [{ message: 'source.type: spark is read by a cluster, and the engine is local' }],
        'Set engine: { spark: "sc://host:15002" }.',
      );
    },
    describe: async (source) => describeSource(await session(), source, signal),
    stage: async (prepared, options) => stage(await session(), prepared, options, signal),
    async firstRows({ config, mapping, directory }, chunks, limit) {
      const rows = new Map<string, SourceRow[]>();
      await using reader = openChunkReader(await session(), { config, mapping, directory });
      for (const chunk of chunks) rows.set(chunk, await firstRows(reader, chunk, limit));
      return rows;
    },
    openRunner: async (run) => openLocalRunner(await session(), run),
    async [Symbol.asyncDispose]() {
      await (await opened)?.[Symbol.asyncDispose]();
    },
  };
}
