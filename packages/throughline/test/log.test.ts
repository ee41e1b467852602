/** Lines of JSON for those who collect logs, and what never is in a log. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ended, start } from './cli.ts';
import { complaints, toCsv } from './complaints.ts';
import { project } from './project.ts';

const SECRET = 'planted-secret-4711';

test('each fact is a line of JSON with its run, chunk and attempt; a planted secret is in none', async (t) => {
  const made = await project(
    t,
    toCsv([...complaints(40), { ...complaints(1)[0]!, date_received: 'never' }]),
    {},
  );
  const env = { THROUGHLINE_LOG: 'json', PLANTED_API_KEY: SECRET };
  const run = (...args: string[]) => ended(start(args, { cwd: made.folder, env }));
  const { code, json, stderr } = await run('run', '--only', 'map', '--json');
  assert.equal(code, 0, stderr);
  const lines = stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.deepEqual([...new Set(lines.map((line) => line.run))], [json.runId]);
  assert.ok(lines.every(({ time, level, msg }) => time && level === 'info' && msg));
  assert.deepEqual(
    [lines[0], lines.at(-1)].map((line) => line!.msg),
    ['run begun', 'run ended'],
  );
  const chunks = lines.filter(({ msg }) => msg === 'chunk published');
  assert.equal(chunks.length, json.chunks.done);
  assert.ok(chunks.every(({ chunk, attempt }) => chunk && attempt === 1));
  assert.equal(lines.at(-1)!.records, 40);

  await made.configure({ source: { path: `${SECRET}.csv` } });
  const failed = await run('run');
  assert.equal(failed.code, 66);
  const last = JSON.parse(failed.stderr.trim().split('\n').at(-1)!);
  assert.deepEqual([last.level, last.code, last.exitCode], ['error', 'source_missing', 66]);
  assert.match(last.msg, /no file matches \*\*\*\.csv/);
  const plain = await run('run', '--log', 'plain');
  assert.match(plain.stderr, /^error: no file matches \*\*\*\.csv$/m);
  for (const { stderr } of [failed, plain]) assert.ok(!stderr.includes(SECRET));
});
