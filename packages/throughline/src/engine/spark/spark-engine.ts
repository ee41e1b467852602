/** The engine of a cluster: Spark reads, maps, embeds and writes files; this process plans and commits. */
import type { LoadedConfig, SparkEngineConfig } from '../../config/index.ts';
import { lakeRootOf } from '../../lake/lake-path.ts';
import type { SourceRow } from '../../mapper/rows.ts';
import type { Prepared } from '../../run/prepare.ts';
import { stagesOf } from '../../transform/index.ts';
import type { Engine } from '../engine.ts';
import type { EngineEffects } from '../open.ts';
import { registerTables } from './catalog.ts';
import { type Cluster, openCluster, openSession, type SparkSession } from './cluster.ts';
import { sourceColumns } from './columns.ts';
import { pipelineFiles } from './pipeline-files.ts';
import { PLACE } from './place.ts';
import { placesOf } from './places.ts';
import { rowsSettings } from './rows-settings.ts';
import { sendable } from './sendable.ts';
import { createSourceView } from './source-view.ts';
import { openSparkRunner } from './spark-runner.ts';
import { sparkString } from './sql.ts';
import { stage } from './stage.ts';
import {
  ANSWERED,
  answeredRowsSql,
  type ChunksOfRows,
  commandRowsSql,
  firstOfChunksSql,
  mapperRowsSql,
  stepsSql,
} from './transform-sql.ts';
import { findVisibleFiles } from './visible-files.ts';

export function openSparkEngine(
  { config, directory, file }: LoadedConfig,
  settings: SparkEngineConfig,
  effects: EngineEffects,
): Engine {
  let connected: Promise<SparkSession> | undefined;
  let opened: Promise<Cluster> | undefined;
  const session = () => {
    connected ??= openSession(settings.spark, effects);
    return connected;
  };
  const cluster = ({ spec }: Prepared) => {
    opened ??= sendable(spec, file).then(async (model) =>
      openCluster(await session(), model, {
        ...{ ...effects, cores: settings.cores },
        pipeline: await pipelineFiles({ config, directory, file }),
      }),
    );
    return opened;
  };
  return {
    findFiles: () => findVisibleFiles({ config, directory, file }),
    describe: async (source) => createSourceView(await session(), source),
    stage: async (prepared, options) => stage(await cluster(prepared), prepared, options),
    async firstRows(prepared, chunks, limit) {
      const { config, mapping } = prepared;
      const opened = await cluster(prepared);
      const { rows, view } = opened;
      const columns = sourceColumns(config, mapping).all;
      const numbered = chunks.map((chunk, idx) => `(${sparkString(chunk)}, ${idx})`).join(', ');
      const first = new Map(chunks.map((chunk): [string, SourceRow[]] => [chunk, []]));
      if (chunks.length === 0) return first;
      await view(
        'tl_first',
        `SELECT idx, idx AS part, ${PLACE}, ${columns.join(', ')} FROM tl_staged JOIN VALUES ${numbered} AS d(chunk, idx) USING (chunk) WHERE keep`,
      );
      const sql = firstRowsSql(opened, prepared, chunks, limit);
      const found = await rows(
        `SELECT * FROM (SELECT *, row_number() OVER (PARTITION BY idx ORDER BY id, text) AS number FROM (${sql})) WHERE number <= ${limit}`,
      );
      for (const { idx, number: _number, ...row } of found)
        first.get(chunks[Number(idx)]!)!.push({ ...row, copy: Number(row.copy) } as unknown as SourceRow);
      return first;
    },
    openRunner: async (run) => openSparkRunner(await cluster(run.prepared), settings, run),
    register: async (schema, tables) => {
      const places = placesOf(settings, lakeRootOf(directory, config.lake));
      return registerTables(await session(), places, schema, tables);
    },
    async [Symbol.asyncDispose]() {
      const open = await connected?.catch(() => undefined);
      await open?.[Symbol.asyncDispose]();
    },
  };
}

/** Rows for the mapper of `tl_first`: no more than `limit` of a chunk go through the first command. */
function firstRowsSql(
  cluster: Cluster,
  { config, mapping, directory }: Prepared,
  ids: readonly string[],
  limit: number,
): string {
  const mapped = { config, mapping };
  const chunks = ids.map((_, idx) => ({ idx, part: idx }));
  let from: ChunksOfRows = { from: 'tl_first', chunks };
  let rows = { sql: '', order: [] as readonly string[] };
  for (const [i, { steps, command }] of stagesOf(config.transform).entries()) {
    rows = stepsSql(from, steps, mapped);
    if (command === undefined) break;
    const few = i === 0 ? firstOfChunksSql(rows, limit) : rows;
    const answered = cluster.worker(
      'rows',
      rowsSettings(command, { mapping, directory }),
      commandRowsSql(few, mapped, { tasks: cluster.cores, parts: 1 }),
      ANSWERED,
    );
    from = {
      from: answeredRowsSql(`(${answered})`, mapped),
      chunks: chunks.map(({ idx }) => ({ idx, part: idx })),
    };
  }
  return mapperRowsSql(rows, mapped, cluster.cores);
}
