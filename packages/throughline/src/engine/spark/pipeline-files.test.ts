import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { parseConfig } from '../../config/index.ts';
import { onExecutors, pipelineFiles } from './pipeline-files.ts';

async function pipeline(t: TestContext, names: readonly string[], sections: object) {
  const folder = await mkdtemp(join(tmpdir(), 'pipeline-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const directory = join(folder, 'pipeline');
  for (const name of names) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), name);
  }
  const source = { type: 'csv', path: 'a.csv', text: 'body' };
  const config = parseConfig(JSON.stringify({ name: 'x', source, ...sections }), 'x.yaml', { env: {} });
  return { directory, files: () => pipelineFiles({ config, directory, file: 'x.yaml' }) };
}

test('what commands name goes to executors, with the kit beside it and what files: names; nothing else', async (t) => {
  const names = [
    ...['clean.py', 'code/split.py', 'own.sh', 'secrets.env', 'throughline_mapper.py'],
    ...['code/throughline_mapper.py', 'words/a.txt', 'words/deep/b.txt', 'words/__pycache__/a.pyc'],
  ];
  const { directory, files } = await pipeline(t, names, {
    transform: [{ command: ['python3', 'clean.py', '/bin/sh'], files: ['words'] }, { drop_nulls: ['body'] }],
    split: { command: ['python3', 'code/split.py'] },
    embed: { command: ['./own.sh'], dimension: 2 },
  });
  await chmod(join(directory, 'own.sh'), 0o755);
  const found = await files();
  assert.deepEqual(
    found.map(({ target, executable }) => (executable ? `${target} x` : target)),
    [
      'pipeline/clean.py',
      'pipeline/code/split.py',
      'pipeline/code/throughline_mapper.py',
      'pipeline/own.sh x',
      'pipeline/throughline_mapper.py',
      'pipeline/words/a.txt',
      'pipeline/words/deep/b.txt',
    ],
  );
  const whole = { command: ['python3', join(directory, 'clean.py'), '/bin/sh', '-v'] };
  assert.deepEqual(onExecutors(whole, directory).command, ['python3', 'clean.py', '/bin/sh', '-v']);
});

test('a file above the folder, and one that is missing, are errors', async (t) => {
  const above = await pipeline(t, ['../shared.py', 'a.py'], {
    transform: [{ command: ['python3', '../shared.py'] }],
  });
  await assert.rejects(above.files(), { exitCode: 78, message: /\.\.\/shared\.py of a command is outside/ });
  const missing = await pipeline(t, ['a.py'], {
    transform: [{ command: ['python3', 'a.py'], files: ['none.txt'] }],
  });
  await assert.rejects(missing.files(), { exitCode: 66, message: /there is no none\.txt/ });
});
