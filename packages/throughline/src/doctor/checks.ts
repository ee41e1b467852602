/** What a pipeline needs, each as a question that is answered by trying. */
import { statfs } from 'node:fs/promises';
import { resolve } from 'node:path';
import { probeStore } from '@throughline/delta';
import { type Alert, sendNotice } from '../alert/index.ts';
import type { LoadedConfig } from '../config/index.ts';
import { checkSendable } from '../engine/spark/sendable.ts';
import { EXIT, ThroughlineError } from '../error.ts';
import { readJudgements } from '../evaluation/index.ts';
import { checkOwner, lakeIfThere } from '../lake/lake.ts';
import { isRemote, lakeRootOf } from '../lake/lake-path.ts';
import { type ModelSpec, openEmbedder, specOf } from '../model/index.ts';
import { checkFilter, configWithAdded } from '../run/prepare.ts';
import { loadZvec, type StoreSetting } from '../search/index.ts';
import { findFiles, patternsOf } from '../source/files.ts';
import { findSource } from '../source/find-source.ts';
import { describeTopic } from '../source/kafka/index.ts';
import { mappedColumns, mappingOf, requiredColumns } from '../source/mapping.ts';
import { connect } from '../source/postgres/connect.ts';
import { databaseSource } from '../source/postgres/database-source.ts';
import { watchTable } from '../source/postgres/watched-table.ts';
import { requireColumns } from '../source/relation.ts';
import { commandsOf } from '../transform/index.ts';
import { checkCommands } from './commands.ts';
import type { Check, Finding } from './doctor.ts';
import { checkThemesProgram } from './themes-program.ts';

/**
 * `config` is loaded by its check, so that a wrong one is a finding; checks after it need it. Checks of a cluster come last, and
 * only where the config names one. `alerts`: a test is sent to everybody who would be told.
 */
export async function* checksOf(
  load: () => Promise<LoadedConfig>,
  { alerts = false }: { alerts?: boolean } = {},
): AsyncGenerator<Check, void, void> {
  let loaded: Promise<LoadedConfig> | undefined;
  const config = () => {
    loaded ??= load().then(withAdded);
    return loaded;
  };
  yield { name: 'node', find: async () => checkNode(process.versions.node) };
  yield { name: 'config', find: async () => checkConfig(await config()) };
  yield { name: 'source', find: async () => checkSource(await config()) };
  yield { name: 'lake', find: async () => checkLake(await config()) };
  yield { name: 'model', find: async () => checkModel(await config()) };
  yield { name: 'search', find: async () => checkSearch(await config().catch(() => undefined)) };
  const known = await config().catch(() => undefined);
  if (known?.config.acceptance.ndcg !== undefined)
    yield { name: 'judgements', find: async () => checkJudgements(known) };
  // Those of a cluster's pipeline run on the executors: `worker` tries them there.
  if (known?.config.engine === 'local' && commandsOf(known.config).length > 0)
    yield { name: 'commands', find: () => checkCommands(known) };
  // Themes are found on this machine whatever the engine is.
  if (known?.config.themes.command !== undefined)
    yield { name: 'themes', find: () => checkThemesProgram(known) };
  if (alerts) yield { name: 'alerts', find: async () => checkAlerts(await config()) };
  if (known === undefined || known.config.engine === 'local') return;
  const { sparkChecks } = await import('./spark-checks.ts');
  yield* sparkChecks(known, known.config.engine);
}

async function checkAlerts({ config: { alerts, name } }: LoadedConfig): Promise<string> {
  if (alerts.length === 0)
    throw new ThroughlineError('nobody is told when something goes wrong', {
      code: 'alerts_missing',
      exitCode: EXIT.config,
      hint: 'Name who is, in the section alerts of the config (docs/alerts.md).',
    });
  const errors = await sendNotice(
    alerts,
    { pipeline: name, run: 'doctor', alerts: [TEST_ALERT], recovered: [] },
    { env: process.env, clock: Date.now },
  );
  if (errors.length === 0) return `a test was sent to ${alerts.length}`;
  throw new ThroughlineError(errors.map(({ message }) => message).join('; '), {
    code: 'alert_not_sent',
    exitCode: EXIT.unavailable,
    hint: 'Mend the address, or the way to it, then try again.',
  });
}

const TEST_ALERT: Alert = {
  ...{ key: 'test', kind: 'test', title: 'A test' },
  happened: 'Somebody has asked whether alerts arrive. They do.',
  effect: 'None.',
  todo: 'Nothing.',
  command: 'throughline doctor',
};

/** As a run has it. Whether the lake can be read is a check of its own. */
async function withAdded(loaded: LoadedConfig): Promise<LoadedConfig> {
  return { ...loaded, config: await configWithAdded(loaded).catch(() => loaded.config) };
}

const LEAST_NODE = '22.12';

function checkNode(version: string): string {
  if (version.localeCompare(LEAST_NODE, 'en', { numeric: true }) >= 0) return `Node ${version}`;
  throw new ThroughlineError(`Node ${version} is too old`, {
    code: 'node_too_old',
    exitCode: EXIT.unavailable,
    hint: `Install Node ${LEAST_NODE} or newer.`,
  });
}

async function checkConfig({ config, file, directory }: LoadedConfig): Promise<string> {
  checkFilter(config, mappingOf(config.source), file);
  const spec = specOf(config.embed, directory);
  if (config.engine !== 'local') checkSendable(spec, file);
  return `${file} is valid`;
}

async function checkSource({ config, directory }: LoadedConfig): Promise<string> {
  if (config.source.type === 'spark') return `read by the cluster: ${config.source.reader}`;
  if (config.source.type === 'delta')
    return `a Delta table, ${(await findSource(config.source, directory)).token!.replace(/.*@/, 'version ')}`;
  if (config.source.type === 'postgres') return await describeDatabase(config.source);
  if (config.source.type === 'kafka') return await describeTopic(config.source, directory);
  const { files } = await findFiles(patternsOf(config.source), directory);
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return `${files.length} files, ${megabytes(bytes)}`;
}

async function describeDatabase(source: LoadedConfig['config']['source']): Promise<string> {
  await using connection = await connect(source.url!);
  const { name, columns } = await databaseSource(connection, source);
  requireColumns(
    name,
    columns.map((column) => column.name),
    requiredColumns(source, mappedColumns(mappingOf(source))),
  );
  if (source.changes !== undefined) await watchTable(connection, source, []);
  return `${name}, ${columns.length} columns`;
}

async function checkLake({ config, directory }: LoadedConfig): Promise<string> {
  const root = lakeRootOf(directory, config.lake);
  const probe = await probeStore(root);
  if (!probe.ok) {
    throw new ThroughlineError(`the lake cannot be kept there: ${probe.reason}`, {
      code: 'lake_unusable',
      exitCode: EXIT.cannotWrite,
      hint: 'Choose another place: lake: ...',
    });
  }
  const lake = await lakeIfThere(root);
  if (lake) checkOwner(lake, config.name);
  const owner = lake ? `the lake of ${config.name}` : 'no lake yet';
  return `${root}: ${owner}; files can be written, replaced and never overwritten${isRemote(root) ? '' : await room(root, directory)}`;
}

/** Of the disk that the lake is on. */
async function room(root: string, directory: string): Promise<string> {
  const stats = await statfs(root).catch(() => statfs(directory));
  return `; ${megabytes(stats.bavail * stats.bsize)} free`;
}

async function checkJudgements({ config, directory }: LoadedConfig): Promise<string> {
  const { queries } = await readJudgements(resolve(directory, config.acceptance.ndcg!.judgements));
  const relevant = queries.reduce((sum, query) => sum + query.relevant.size, 0);
  return `${queries.length} queries with ${relevant} relevant records`;
}

const TEXTS = ['A late fee was charged twice.', 'Die Karte wurde zweimal belastet.'];

/** A real request: two passages, and one of them again as a question. */
async function checkModel({ config, directory }: LoadedConfig): Promise<string> {
  const spec: ModelSpec = { ...specOf(config.embed, directory), threads: 1 };
  await using embedder = await openEmbedder(spec);
  const started = performance.now();
  const { vectors, failures, error } = await embedder.embed(TEXTS);
  const ms = Math.round(performance.now() - started);
  if (error) throw error;
  const { id, dimension, maxTokens } = embedder.info;
  const bad = failures[0]?.message ?? sameVector(vectors, dimension);
  if (bad !== undefined) {
    throw new ThroughlineError(`${id} does not embed: ${bad}`, {
      code: 'model_unusable',
      exitCode: EXIT.badData,
      hint: 'Look at the settings of embed: in the config, and at what the server says.',
    });
  }
  const [question] = (await embedder.embed(TEXTS.slice(0, 1), { kind: 'query' })).failures;
  if (question) throw new Error(question.message);
  return `${id}: ${dimension} numbers, up to ${maxTokens} tokens; two texts in ${ms} ms`;
}

function sameVector(vectors: Float32Array, dimension: number): string | undefined {
  const [a, b] = [vectors.subarray(0, dimension), vectors.subarray(dimension)];
  return a.every((value, d) => value === b[d]) ? 'two different texts have one vector' : undefined;
}

async function checkSearch(loaded: LoadedConfig | undefined): Promise<string | Finding> {
  const store = loaded?.config.index.store ?? 'zvec';
  if (store !== 'zvec') return await checkPostgres(store);
  loadZvec();
  return 'the search engine loads';
}

/** What its newer versions find with a filter in one walk through the graph, older ones compare with all. */
const ITERATIVE = [0, 8];

async function checkPostgres({ pgvector: url, schema }: Exclude<StoreSetting, 'zvec'>): Promise<Finding> {
  const { probePostgres } = await import('../search/postgres/probe.ts');
  const { server, pgvector } = await probePostgres(url, schema);
  const [major, minor] = pgvector.split('.').map(Number);
  const isOld = major! < ITERATIVE[0]! || (major === ITERATIVE[0] && minor! < ITERATIVE[1]!);
  return {
    message: `Postgres ${server} with pgvector ${pgvector}; the schema ${schema} can be written`,
    hint: isOld ? 'pgvector 0.8 or newer answers faster under filters.' : undefined,
  };
}

function megabytes(bytes: number): string {
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
