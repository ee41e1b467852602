/** What OpenLineage and MLflow are told of runs; and that nobody who is told can harm one. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { RunEvent } from '../src/lineage/openlineage/events.ts';
import { type CollectorServer, collectorServer, type Received } from './collector-server.ts';
import { complaints, toCsv } from './complaints.ts';
import { openEventCheck } from './openlineage/event-schema.ts';
import { project } from './project.ts';

const ROWS = complaints(40);
const API = '/api/2.0/mlflow';
const KEY = 'key-of-the-collectors-4711';

/** The few answers of MLflow that are read. */
function mlflow({ path }: Received): [number, unknown] | undefined {
  if (path.startsWith(`${API}/experiments/get-by-name`))
    return [404, { error_code: 'RESOURCE_DOES_NOT_EXIST' }];
  if (path === `${API}/experiments/create`) return [200, { experiment_id: '7' }];
  if (path === `${API}/runs/create`) return [200, { run: { info: { run_id: 'of-mlflow' } } }];
  return undefined;
}

function lineageOf({ url }: { url: string }) {
  return {
    openlineage: { url, namespace: 'tests', keyVariable: 'COLLECTOR_KEY' },
    mlflow: { url, experiment: 'complaints', keyVariable: 'COLLECTOR_KEY' },
  };
}

const isValid = openEventCheck();

function eventsOf(server: CollectorServer): RunEvent[] {
  const events = server.take<RunEvent>('/api/v1/lineage');
  for (const event of events) assert.deepEqual(isValid(event), [], JSON.stringify(event, null, 1));
  return events;
}

test('each run is told as valid events and as a run of MLflow, with its columns, versions, checks and errors', async (t) => {
  process.env.COLLECTOR_KEY = KEY;
  const server = await collectorServer(t, mlflow);
  const quality = [
    { check: 'not_null', column: 'company' },
    { check: 'row_count', min: 1_000, severity: 'warn' },
  ];
  const settings = { lineage: lineageOf(server), quality };
  const made = await project(
    t,
    toCsv([...ROWS, { ...ROWS[0]!, complaint_id: 'dead', narrative: ' ' }]),
    settings,
  );
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args], {
      cwd: made.folder,
    });
  git('init', '-q');
  git('remote', 'add', 'origin', 'https://somebody:secret-of-git@example.org/project.git');
  git('add', 'throughline.yaml');
  git('commit', '-qm', 'first');

  const { code, json: result, stderr } = await made.run('run', '--from', '2010-01-01', '--json');
  assert.equal(code, 0, stderr);
  assert.ok(server.received.every(({ headers }) => headers.authorization === `Bearer ${KEY}`));
  assert.ok(!JSON.stringify(server.received.map(({ body }) => body)).includes('secret-of-git'));
  const [start, checksStart, checks, end, ...more] = eventsOf(server);
  assert.deepEqual(
    [start, checksStart, checks, end].map((one) => [one!.eventType, one!.job.name]),
    [
      ['START', 'hostile'],
      ['START', 'hostile.quality'],
      ['COMPLETE', 'hostile.quality'],
      ['COMPLETE', 'hostile'],
    ],
  );
  assert.equal(more.length, 0);
  const { jobType: _type, ...facets } = start!.job.facets;
  const other = {
    ...start,
    run: { ...start!.run, runId: result.runId },
    job: { ...start!.job, facets: { ...facets, jobType: { ..._type, integration: 1 } } },
  };
  assert.equal(isValid(other).length, 2, 'the check finds what is wrong');
  assert.equal(start!.run.runId, end!.run.runId);
  assert.equal(
    checks!.run.facets.parent!.run && (checks!.run.facets.parent!.run as { runId: string }).runId,
    end!.run.runId,
  );
  assert.deepEqual(start!.run.facets.nominalTime!.nominalStartTime, '2010-01-01T00:00:00Z');
  const { sourceCodeLocation } = end!.job.facets;
  assert.equal(sourceCodeLocation!.url, 'https://example.org/project.git');
  assert.match(String(sourceCodeLocation!.version), /^[0-9a-f]{40}$/);

  type Outputs = {
    name: string;
    facets: Record<string, Record<string, unknown>>;
    outputFacets: Record<string, { rowCount: number }>;
  }[];
  const [dead, records, passages] = end!.outputs as Outputs;
  assert.deepEqual(
    [dead, records, passages].map((one) => one!.outputFacets.outputStatistics!.rowCount),
    [1, result.records, result.passages],
  );
  assert.equal(records!.facets.version!.datasetVersion, String(result.tables.records));
  assert.ok(records!.name.startsWith('/') && records!.name.endsWith('/records'));
  const { fields } = passages!.facets.columnLineage as { fields: Record<string, { inputFields: object[] }> };
  const [input] = end!.inputs as { namespace: string; name: string }[];
  assert.deepEqual(input!.name, join(made.folder, 'data.csv'));
  assert.deepEqual(fields._embedding!.inputFields, [
    {
      ...{ namespace: 'file', name: input!.name },
      field: 'narrative',
      transformations: [{ type: 'DIRECT', subtype: 'TRANSFORMATION' }],
    },
  ]);
  assert.equal(dead!.facets.columnLineage, undefined);
  const { dataQualityAssertions } = (
    checks!.inputs as { inputFacets: Record<string, { assertions: object[] }> }[]
  )[0]!.inputFacets;
  assert.deepEqual(
    dataQualityAssertions!.assertions
      .map((one) => {
        const { assertion, success, severity } = one as Record<string, unknown>;
        return [assertion, success, severity];
      })
      .sort(),
    [
      ['index_recall', true, 'error'],
      ['not_null', true, 'error'],
      ['passages_in_index', true, 'error'],
      ['row_count', false, 'warn'],
      ['source_rows', true, 'error'],
      ['table_rows', true, 'error'],
    ],
  );

  const [created] = server.take<{ experiment_id: string; tags: object[] }>(`${API}/runs/create`);
  assert.equal(created!.experiment_id, '7');
  type Batch = Record<'params' | 'metrics' | 'tags', { key: string; value: unknown }[]>;
  const [batch] = server.take<Batch>(`${API}/runs/log-batch`);
  const of = (part: keyof Batch) => Object.fromEntries(batch![part].map(({ key, value }) => [key, value]));
  assert.equal(of('params')['embed.dimension'], '64');
  assert.equal(of('metrics').records, 40);
  assert.equal(of('metrics').deadLetterRate, 1 / 41);
  assert.equal(of('metrics')['quality.failed'], 1);
  assert.ok(Number(of('metrics')['seconds.embed']) > 0);
  assert.equal(of('tags')['throughline.build'], result.build);
  const [updated] = server.take<{ status: string; run_id: string }>(`${API}/runs/update`);
  assert.deepEqual([updated!.status, updated!.run_id], ['FINISHED', 'of-mlflow']);
  assert.ok(
    !JSON.stringify((await made.run('runs', 'show', 'latest')).stdout).includes(server.url),
    'not in manifests',
  );

  await rm(join(made.folder, 'data.csv'));
  assert.equal((await made.run('run', '--json')).code, 66);
  const [begun, failed] = eventsOf(server);
  assert.deepEqual([begun!.eventType, failed!.eventType], ['START', 'FAIL']);
  assert.match(String(failed!.run.facets.errorMessage!.message), /^source_missing: .*data\.csv/);
  assert.equal(server.take<{ status: string }>(`${API}/runs/update`)[0]!.status, 'FAILED');
});

test('a collector that refuses is a warning each, and the run is as it would be', async (t) => {
  const server = await collectorServer(t, ({ path }) =>
    path.startsWith(API) ? [500, {}] : [422, { message: 'no' }],
  );
  const made = await project(t, toCsv(ROWS), { lineage: lineageOf(server) });
  const { code, stderr } = await made.run('run', '--only', 'map');
  assert.equal(code, 0, stderr);
  const warnings = stderr.split('\n').filter((line) => line.includes('was not told of this run'));
  assert.equal(warnings.length, 2, stderr);
});

test('Prometheus reads figures of the last run from a file or a Pushgateway, and a collector of traces gets its stages', async (t) => {
  const server = await collectorServer(t);
  const metrics = { textfile: 'throughline.prom', push: `${server.url}/gateway` };
  const made = await project(t, toCsv(ROWS), { metrics });
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = server.url;
  process.env.TRACEPARENT = `00-${traceId}-b7ad6b7169203331-01`;
  t.after(() => {
    delete process.env.OTEL_EXPORTER_OTLP_ENDPOINT;
    delete process.env.TRACEPARENT;
  });
  const { code, stderr } = await made.run('run', '--json');
  assert.equal(code, 0, stderr);
  const read = () => readFile(join(made.folder, 'throughline.prom'), 'utf8');
  const figureIn = (text: string, name: string) =>
    Number(new RegExp(`^throughline_run_${name.replace(/[{}"=,]/g, '\\$&')} (\\S+)$`, 'm').exec(text)?.[1]);
  const well = await read();
  assert.equal(figureIn(well, 'success{pipeline="hostile"}'), 1);
  assert.equal(figureIn(well, 'records{pipeline="hostile"}'), 40);
  assert.ok(figureIn(well, 'stage_duration_seconds{stage="embed",pipeline="hostile"}') > 0);
  const pushed = server.received.find(
    ({ path }) => path === '/gateway/metrics/job/throughline/pipeline/hostile',
  );
  assert.equal(pushed!.body, well);

  type Span = { name: string; traceId: string; parentSpanId: string; spanId: string };
  type Export = { resourceSpans: { scopeSpans: { spans: Span[] }[] }[] };
  const spans = server
    .take<Export>('/v1/traces')
    .flatMap(({ resourceSpans }) => resourceSpans)
    .flatMap(({ scopeSpans }) => scopeSpans)
    .flatMap((scope) => scope.spans);
  const root = spans.find(({ name }) => name === 'throughline run')!;
  assert.deepEqual([root.traceId, root.parentSpanId], [traceId, 'b7ad6b7169203331']);
  const inside = spans.filter(({ parentSpanId }) => parentSpanId === root.spanId).map(({ name }) => name);
  assert.deepEqual(inside.sort(), ['embed', 'index', 'read', 'themes']);

  await rm(join(made.folder, 'data.csv'));
  assert.equal((await made.run('run', '--json')).code, 66);
  const ill = await read();
  assert.equal(figureIn(ill, 'success{pipeline="hostile"}'), 0);
  const last = 'last_success_timestamp_seconds{pipeline="hostile"}';
  assert.ok(figureIn(well, last) > 0);
  assert.equal(figureIn(ill, last), figureIn(well, last));
  assert.deepEqual(
    await readdir(made.folder).then((names) => names.filter((name) => name.includes('.tmp'))),
    [],
  );
});
