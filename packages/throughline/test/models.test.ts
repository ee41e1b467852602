/** The product with each kind of model: the same tables, the same search, by the settings of `embed:` alone. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';
import { nightly } from '../../../engines/nightly.ts';
import { startFakeApi } from '../../../fake-api/server.ts';
import { vectorOf } from '../../../fake-api/vector.ts';
import type { SearchResult } from '../src/search/index.ts';
import { run as cli } from './cli.ts';
import { complaints, toCsv } from './complaints.ts';
import { project } from './project.ts';
import { assertAddsUp } from './tables.ts';

const DATA = toCsv(complaints(40));

const COMMAND = `import json, sys
rows = []
for line in sys.stdin:
    message = json.loads(line)
    if message["type"] == "row":
        rows.append(message)
    elif message["type"] == "flush":
        for row in rows:
            text = row["text"]
            vector = [text.count(letter) + 1 for letter in "abcdefgh"]
            print(json.dumps({"v": 1, "type": "row", "id": row["id"], "vector": vector}))
        sys.stdout.flush()
        rows = []
`;

test('an API, a folder and a command embed, and answer questions', { skip: nightly }, async (t) => {
  const api = await startFakeApi({ dimension: 8 });
  t.after(() => api.stop());
  const models = {
    api: { model: 'openai:fake-embedding', url: api.url, dimension: 8, normalize: false },
    folder: { model: 'onnx:./model', pooling: 'mean', threads: 1 },
    command: { command: ['python3', 'embed.py'], dimension: 8 },
  };
  for (const [name, embed] of Object.entries(models)) {
    const { folder, lake, run, write } = await project(t, DATA, { embed });
    await cp(join(import.meta.dirname, 'tiny-model'), join(folder, 'model'), { recursive: true });
    await write('embed.py', COMMAND);
    const first = await run('run', '--json');
    assert.equal(first.code, 0, first.stderr);
    const { passages } = await assertAddsUp(first, lake);
    assert.equal((passages[0]!._embedding as Float32Array).length, 8, name);
    if (name === 'api') {
      for (const { _text, _embedding } of passages) assert.deepEqual(_embedding, vectorOf(String(_text), 8));
      assert.ok(first.json.requests > 0 && first.json.tokens > 0);
    }
    const found = await run<SearchResult>('search', 'late fee', '--mode', 'semantic', '--json');
    assert.equal(found.code, 0, found.stderr);
    assert.ok(found.json.hits.length > 0);
    const again = await run('run', '--force', '--json');
    assert.deepEqual([again.json.embedded, again.json.requests], [0, 0], 'nothing is embedded twice');
  }
});

test('questions go where the config says today, not where the index was made', async (t) => {
  const [old, today] = [
    await startFakeApi({ dimension: 8, key: 'old' }),
    await startFakeApi({ dimension: 8 }),
  ];
  t.after(() => today.stop());
  const embed = { model: 'openai:fake-embedding', url: old.url, dimension: 8, keyVariable: 'OLD_KEY' };
  const { folder, run, configure } = await project(t, DATA, { embed });
  const first = await cli(['run', '--json'], { cwd: folder, env: { OLD_KEY: 'old' } });
  assert.equal(first.code, 0, first.stderr);
  await old.stop();
  await configure({ embed: { model: embed.model, url: today.url, dimension: 8 } });
  assert.equal((await run('run', '--json')).json.chunks.done, 0, 'the same model: nothing has changed');
  const found = await run<SearchResult>('search', 'late fee', '--json');
  assert.equal(found.code, 0, found.stderr);
  assert.equal(today.stats().requests, 1);
});

test('a server that answers by another name is configured so', async (t) => {
  const api = await startFakeApi({ dimension: 8, model: 'deployment' });
  t.after(() => api.stop());
  const embed = { model: 'openai:deployment', url: api.url, dimension: 8, answersAs: 'another' };
  const { run } = await project(t, DATA, { embed });
  const wrong = await run('run', '--only', 'map', '--json');
  assert.equal(wrong.code, 78);
  assert.match(wrong.stderr, /"deployment" answered for "another"/);
});

test('no key comes into the lake, whatever fails', async (t) => {
  const api = await startFakeApi({ dimension: 8, key: 'planted-secret' });
  t.after(() => api.stop());
  const embed = { model: 'openai:fake-embedding', url: api.url, dimension: 8, keyVariable: 'PLANTED' };
  const { folder, run } = await project(t, DATA, { embed });
  const withKey = (key: string) => cli(['run', '--json'], { cwd: folder, env: { PLANTED: key } });
  const refused = await withKey('another-secret');
  assert.equal(refused.code, 77, refused.stderr);
  const accepted = await withKey('planted-secret');
  assert.equal(accepted.code, 0, accepted.stderr);
  const found = await promisify(execFile)('grep', ['-rlE', '(planted|another)-secret', folder]).then(
    ({ stdout }) => stdout,
    () => '',
  );
  assert.equal(found, '');
  for (const { stdout, stderr } of [refused, accepted]) assert.doesNotMatch(stdout + stderr, /-secret/);
  const without = await run('run', '--force', '--json');
  assert.equal(without.code, 78);
  assert.match(without.stderr, /PLANTED is not set/);
});
