/** Runs as the real server of MLflow has them. */
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { mlflow } from '../../../../engines/mlflow.ts';
import { complaints, toCsv } from '../complaints.ts';
import { project } from '../project.ts';

const engine = await mlflow();
const skip = engine.ok ? false : engine.reason;
after(async () => engine.ok && engine.stop());

type Pairs = { key: string; value: string | number }[];
interface MlflowRun {
  info: { run_name: string; status: string; start_time: number; end_time: number };
  data: { params: Pairs; metrics: Pairs; tags: Pairs };
}

async function ask<T>(path: string, body?: unknown): Promise<T> {
  if (!engine.ok) throw new Error(engine.reason);
  const request = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${engine.url}/api/2.0/mlflow/${path}`, { ...request, headers });
  assert.equal(answer.status, 200, await answer.clone().text());
  return (await answer.json()) as T;
}

test('experiment, runs, parameters, figures and tags are on the server; a second run is in the same experiment', {
  skip,
}, async (t) => {
  if (!engine.ok) return;
  const lineage = { mlflow: { url: engine.url } };
  const quality = [{ check: 'not_null', column: 'state', severity: 'warn' }];
  const many = Object.fromEntries(['product', 'issue', 'company', 'state'].map((name) => [name, name]));
  const source = { attributes: Object.entries(many).map(([name, column]) => ({ [name]: column })) };
  const settings = { lineage, quality, source, themes: { sample: 100 } };
  const made = await project(t, toCsv(complaints(60)), settings);
  const first = await made.run('run', '--json');
  assert.equal(first.code, 0, first.stderr);
  assert.doesNotMatch(first.stderr, /MLflow was not told/);
  const { experiment } = await ask<{ experiment: { experiment_id: string } }>(
    'experiments/get-by-name?experiment_name=hostile',
  );
  const found = async () =>
    (await ask<{ runs: MlflowRun[] }>('runs/search', { experiment_ids: [experiment.experiment_id] })).runs;
  const [run, ...others] = await found();
  assert.equal(others.length, 0);
  assert.deepEqual([run!.info.status, run!.info.run_name], ['FINISHED', first.json.runId]);
  assert.ok(run!.info.end_time >= run!.info.start_time);
  const of = (part: keyof MlflowRun['data']) =>
    Object.fromEntries(run!.data[part].map(({ key, value }) => [key, value]));
  assert.equal(of('params')['embed.model'], 'hash');
  assert.equal(of('params')['source.attributes.0.product'], 'product');
  assert.equal(of('metrics').records, first.json.records);
  assert.ok(Number(of('metrics').recall) > 0.9);
  for (const stage of ['read', 'embed', 'index', 'themes'])
    assert.ok(`seconds.${stage}` in of('metrics'), stage);
  assert.equal(of('tags')['throughline.build'], first.json.build);
  assert.match(String(of('tags')['throughline.model_digest']), /^[0-9a-f]{16,}/);

  await made.configure({
    ...settings,
    split: { maxTokens: 64 },
    quality: [{ check: 'row_count', min: 1_000 }],
  });
  const second = await made.run('run', '--json');
  assert.equal(second.code, 65);
  const states = (await found()).map(({ info }) => [info.run_name, info.status]);
  assert.deepEqual(states.sort(), [
    [first.json.runId, 'FINISHED'],
    [second.json.runId, 'FAILED'],
  ]);
});
