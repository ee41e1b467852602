import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConfig } from '../config/index.ts';
import { openCollectors } from './collectors.ts';

/** What is warned of where these are told of a run that failed early. */
async function warningsOf(lineage: object, env: NodeJS.ProcessEnv): Promise<string[]> {
  const source = { type: 'csv', path: 'data.csv', text: 'text' };
  const config = parseConfig(JSON.stringify({ name: 'x', source, lineage }), 'throughline.yaml', { env });
  const warnings: string[] = [];
  const collectors = openCollectors(config, env, (message) => void warnings.push(message));
  const run = { run: 'r', started: 0, config, directory: import.meta.dirname };
  collectors.begun(run);
  const error = { code: 'source_missing', message: 'no file' };
  await collectors.ended(run, { ended: 1, status: 'failed', error, stages: {}, intervals: [] });
  return warnings;
}

test('a collector that is down, or whose key is not set, is a warning each, without what is secret in its address', async () => {
  const url = 'http://user:secret-in-url@127.0.0.1:9/?token=secret-in-parameters';
  const down = await warningsOf({ openlineage: { url }, mlflow: { url } }, {});
  assert.deepEqual(down.map((one) => one.split(' was not told')[0]).sort(), ['MLflow', 'OpenLineage']);
  assert.doesNotMatch(down.join(), /secret-in/);
  const [keyless, ...others] = await warningsOf({ openlineage: { url, keyVariable: 'OL_KEY' } }, {});
  assert.match(keyless!, /the variable OL_KEY is not set/);
  assert.equal(others.length, 0);
});
