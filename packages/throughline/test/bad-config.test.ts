/** Settings that cannot work: found before anything is read, named with their place, exit code 78. */
import assert from 'node:assert/strict';
import { access, rm } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { complaints, toCsv } from './complaints.ts';
import { type ConfigChange, project } from './project.ts';

const DATA = toCsv(complaints(5));

async function refused(t: TestContext, change: ConfigChange): Promise<string> {
  const { run } = await project(t, DATA, change);
  const { code, stderr } = await run('run', '--only', 'map', '--json');
  assert.equal(code, 78, stderr);
  assert.doesNotMatch(stderr, /fault of throughline/);
  return stderr;
}

test('a misspelt column is named with its file, the one that was meant and those that are there', async (t) => {
  const stderr = await refused(t, { source: { text: 'narative' } });
  assert.match(stderr, /data\.csv has no column "narative" \(did you mean "narrative"\?\)/);
  assert.match(stderr, /complaint_id, date_received/);
});

test('a filter over an unknown column names it and the one that was meant', async (t) => {
  const stderr = await refused(t, { source: { filter: 'prodct == "Mortgage"' } });
  assert.match(stderr, /source\.filter: .*prodct/);
  assert.match(stderr, /product/);
});

test('a filter that compares text with a number says so', async (t) => {
  assert.match(await refused(t, { source: { filter: 'product == 5' } }), /source\.filter: .*line 1, column/);
});

test('a filter that is not CEL says where it breaks', async (t) => {
  assert.match(
    await refused(t, { source: { filter: 'product == "Mortgage" &&' } }),
    /source\.filter: .*line 1, column/,
  );
});

test('a transform that is not SQL, or loses a column, is refused with the reason', async (t) => {
  assert.match(await refused(t, { transform: [{ sql: 'SELEC * FROM input' }] }), /transform: .*SELEC/);
  assert.match(
    await refused(t, { transform: [{ sql: 'SELECT product FROM input' }] }),
    /transform: .*complaint_id/,
  );
});

test('chunks by a column that is not there, by windows of no time, and a wrong zone are refused', async (t) => {
  assert.match(await refused(t, { chunk: { by: 'stat' } }), /stat/);
  assert.match(await refused(t, { chunk: { by: 'state', every: '1M' } }), /chunk\.by/);
  assert.match(
    await refused(t, { chunk: { by: 'date_received', every: '1M', zone: 'Mars' } }),
    /chunk\.zone/,
  );
});

const CORRUPTED: Record<string, string | Buffer> = {
  'an empty file': '',
  'half a line': 'name: hostile\nsource: {type: csv, pa',
  'bytes of no text': Buffer.from([0, 255, 254, 1, 2, 3, 58, 32, 10, 0, 9, 45]),
  'one word': 'hostile',
  'a list': '- a\n- b\n',
  'a bomb of aliases': `a: &a [x, x, x, x, x, x, x, x, x, x]\n${Array.from('bcdefghij', (name, i) => `${name}: &${name} [${Array(10).fill(`*${'abcdefghi'[i]}`).join(', ')}]`).join('\n')}\n`,
  'a key twice': 'name: a\nname: b\n',
  'tabs for blanks': 'name: a\nsource:\n\ttype: csv\n',
};

for (const [name, text] of Object.entries(CORRUPTED)) {
  test(`a corrupted config, ${name}, ends with 78 and the file's name`, async (t) => {
    const { folder, run, write } = await project(t, DATA);
    await write('throughline.yaml', text);
    const { code, stderr } = await run('run');
    assert.equal(code, 78, stderr);
    assert.match(stderr, /^error: throughline\.yaml/);
    await assert.rejects(access(join(folder, 'lake')), 'no lake was made');
  });
}

test('no config at all ends with 66 and how to name one', async (t) => {
  const { folder, run } = await project(t, DATA);
  await rm(join(folder, 'throughline.yaml'));
  const { code, stderr } = await run('run');
  assert.equal(code, 66);
  assert.match(stderr, /--config FILE/);
});

const USAGE = [
  ['run', '--form', '2024-01-01'],
  ['run', '--from', 'yesterday'],
  ['run', '--sample', '0'],
  ['rum'],
  ['dlq', 'list', '--bogus'],
  ['lake', 'history', '--table', 'nothing'],
  ['run', '--only', 'everything'],
  ['plan', '--interval', 'today'],
];

test('a wrong option, value or command ends with 64', async (t) => {
  const { run } = await project(t, DATA);
  for (const args of USAGE) {
    const { code, stderr } = await run(...args);
    assert.equal(code, 64, `${args.join(' ')}: ${stderr}`);
  }
});

test('a selection that holds no chunk ends with 64 and says which there are', async (t) => {
  const { run } = await project(t, DATA);
  const { code, stderr } = await run('run', '--chunk', 'd:1999-01-01');
  assert.equal(code, 64);
  assert.match(stderr, /d:20\d\d-01-01/);
});

test('a reader that closes the pipe early is no error', async (t) => {
  const { folder, run } = await project(t, toCsv(complaints(300)));
  await run('run', '--only', 'map');
  const { execFile } = await import('node:child_process');
  const bin = join(import.meta.dirname, '..', 'bin', 'throughline.js');
  const stderr = await new Promise<string>((resolve) => {
    execFile(
      'sh',
      ['-c', `"${process.execPath}" "${bin}" status --chunks --json | true`],
      { cwd: folder },
      (_, __, text) => resolve(text),
    );
  });
  assert.equal(stderr, '');
});
