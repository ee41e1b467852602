/** Whether our worker runs on the executors: sent as a run sends it, and asked for one text of each kind of work. */
import type { LoadedConfig } from '../config/index.ts';
import { type Cluster, openCluster, type SparkSession } from '../engine/spark/cluster.ts';
import { onExecutors, PIPELINE_FOLDER, pipelineFiles } from '../engine/spark/pipeline-files.ts';
import { rowsSettings } from '../engine/spark/rows-settings.ts';
import { sendable } from '../engine/spark/sendable.ts';
import { sparkString } from '../engine/spark/sql.ts';
import { EXIT, ThroughlineError } from '../error.ts';
import { type ModelInfo, modelInfo, specOf } from '../model/index.ts';
import { mappedColumns, mappingOf } from '../source/mapping.ts';
import type { ShapingCommand } from '../transform/index.ts';
import { PROBE_TEXT } from './commands.ts';

/** Says what starting takes: sending the archive, the first worker, which unpacks it, and one more. Throws what a run would. */
export async function checkWorker(session: SparkSession, loaded: LoadedConfig): Promise<string> {
  const { config, directory, file } = loaded;
  const spec = await sendable(specOf(config.embed, directory), file);
  const info = await modelInfo(spec);
  const timed = stopwatch();
  const cluster = await openCluster(session, spec, { pipeline: await pipelineFiles(loaded) });
  const sent = timed();
  for (const step of config.transform) if ('command' in step) await sendOne(cluster, step, loaded);
  await mapOne(cluster, loaded, info);
  const first = timed();
  await embedOne(cluster, info);
  return `${info.id} runs on the executors, ${cluster.cores} at once; the archive was sent in ${sent}, the first worker answered after ${first}, the next after ${timed()}`;
}

/** One row through a command of `transform`, whatever it makes of it. */
async function sendOne(
  cluster: Cluster,
  step: ShapingCommand,
  { config, directory }: LoadedConfig,
): Promise<void> {
  const mapping = mappingOf(config.source);
  const cells = mappedColumns(mapping).map(() => sparkString(PROBE_TEXT));
  const row = `SELECT 0 AS idx, named_struct('ord', 0) AS place, array(${cells.join(', ')}) AS cells`;
  await cluster.rows(cluster.worker('rows', rowsSettings(step, { mapping, directory }), row, 'idx INT'));
}

async function mapOne(cluster: Cluster, { config, directory }: LoadedConfig, info: ModelInfo): Promise<void> {
  const { source } = config;
  const split = onExecutors(config.split, directory);
  const settings = {
    config: { split, transform: [], quality: [], source: { maxTextLength: source.maxTextLength } },
    mapping: { id: 'id', text: ['text'], timestamp: undefined, attributes: [] },
    ...{ info, model: cluster.model, directory: PIPELINE_FOLDER },
  };
  const row = `SELECT 0 AS idx, 'probe' AS chunk, '1' AS id, CAST(NULL AS STRING) AS timestamp, false AS superseded, 1 AS copy,
      array(${sparkString(PROBE_TEXT)}) AS text, CAST(array() AS ARRAY<STRING>) AS attributes`;
  const schema = 'passages ARRAY<STRUCT<text: STRING>>, dead STRUCT<message: STRING>';
  const [mapped] = await cluster.rows(
    `SELECT passages[0].text AS text, dead.message AS dead FROM (${cluster.worker('map', settings, row, schema)})`,
  );
  if (mapped?.text !== PROBE_TEXT && split.command === undefined)
    throw unusable(`a text is not mapped: ${mapped?.dead ?? 'no passage came back'}`);
}

async function embedOne(cluster: Cluster, { dimension }: ModelInfo): Promise<void> {
  const row = `SELECT 'probe' AS hash, ${sparkString(PROBE_TEXT)} AS text`;
  const schema = 'embedding ARRAY<FLOAT>, message STRING';
  const [embedded] = await cluster.rows(
    `SELECT size(embedding) AS size, message FROM (${cluster.worker('embed', { model: cluster.model }, row, schema)})`,
  );
  if (embedded?.size !== dimension)
    throw unusable(`a text is not embedded: ${embedded?.message ?? `${embedded?.size} numbers came back`}`);
}

function unusable(problem: string): ThroughlineError {
  return new ThroughlineError(`on the executors ${problem}`, {
    code: 'worker_unusable',
    exitCode: EXIT.unavailable,
    hint: 'See the logs of the executors.',
  });
}

/** Gives the time since it was last asked, in seconds. */
function stopwatch(): () => string {
  let since = performance.now();
  return () => {
    const now = performance.now();
    const seconds = (now - since) / 1000;
    since = now;
    return `${seconds.toFixed(1)} s`;
  };
}
