/** `throughline lint` as its users have it: real processes on notebooks in a folder. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { parse } from 'yaml';
import { run } from './cli.ts';

interface Linted {
  findings: {
    file: string;
    rule: string;
    cell: number;
    line: number;
    endLine: number;
    severity: string;
    message: string;
    fix: string;
  }[];
  counts: { error: number; warning: number; info: number };
  notebooks: { file: string; format: string; kernel: { language: string }; notes: string[] }[];
  errors: { file: string; code: string; message: string }[];
}

const SECRET = 'tulip-7-garden';
const ERRORS = `import requests\nrequests.get("https://example.org")  # throughline: ignore no-retry\n`;
const WARNING = 'import time\ntime.sleep(5)\n';
const CLEAN = 'x = 1\n';

function notebook(...sources: string[]): string {
  const cells = sources.map((source) => ({
    cell_type: 'code',
    metadata: {},
    execution_count: null,
    outputs: [],
    source: source.split(/(?<=\n)/),
  }));
  return JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells }, null, 1);
}

async function folderOf(t: TestContext, files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-lint-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}

test('a folder is searched for notebooks; hidden folders, checkpoints, links and other Python are passed over', async (t) => {
  const cwd = await folderOf(t, {
    'a.ipynb': notebook(WARNING),
    'deep/er/b.ipynb': notebook(WARNING),
    'deep/script.py': `# %%\n${WARNING}`,
    'deep/databricks.py': `# Databricks notebook source\n${WARNING}`,
    'deep/module.py': WARNING,
    '.ipynb_checkpoints/a.ipynb': notebook(WARNING),
    '.git/c.ipynb': notebook(WARNING),
    'node_modules/d.ipynb': notebook(WARNING),
    'notes.txt': WARNING,
  });
  await symlink(cwd, join(cwd, 'deep', 'loop'));
  const { code, json } = await run<Linted>(['lint', '.', '--json'], { cwd });
  assert.equal(code, 0);
  assert.deepEqual(
    json.findings.map(({ file, rule, line }) => `${file} ${rule} ${line}`),
    [
      'a.ipynb fixed-sleep 2',
      'deep/databricks.py fixed-sleep 2',
      'deep/er/b.ipynb fixed-sleep 2',
      'deep/script.py fixed-sleep 2',
    ],
  );
  assert.deepEqual(json.counts, { error: 0, warning: 4, info: 0 });
});

for (const [failOn, text, expected] of [
  [[], ERRORS, 65],
  [[], WARNING, 0],
  [['--fail-on', 'warning'], WARNING, 65],
  [['--fail-on', 'info'], 'print(1)\n', 65],
  [['--fail-on', 'warning'], 'print(1)\n', 0],
  [['--fail-on', 'never'], ERRORS, 0],
  [['--ignore', 'no-timeout'], ERRORS, 0],
  [['--rule', 'fixed-sleep,no-retry'], ERRORS, 0],
] as const)
  test(`it ends with ${expected}: ${failOn.join(' ')} ${JSON.stringify(text.slice(0, 20))}`, async (t) => {
    const cwd = await folderOf(t, { 'a.py': text });
    const { code, stderr } = await run(['lint', ...failOn, 'a.py'], { cwd });
    assert.equal(code, expected, stderr);
  });

test('a file that is no notebook is said, with the place, and the others are linted all the same', async (t) => {
  const cwd = await folderOf(t, { 'a.ipynb': '{"cells": [\n  {"a": }\n]}', 'b.ipynb': notebook(WARNING) });
  const { code, json, stderr } = await run<Linted>(['lint', 'a.ipynb', 'b.ipynb', '--json'], { cwd });
  assert.equal(code, 65);
  assert.equal(json.findings.length, 1);
  assert.deepEqual(
    json.errors.map(({ file, message }) => [file, message]),
    [['a.ipynb', 'a.ipynb: the file is not valid JSON: unexpected "}" at line 2, column 9']],
  );
  assert.match(stderr, /a\.ipynb: the file is not valid JSON/);
});

test('what is missing or asked for wrongly is a usage error or a missing input', async (t) => {
  const cwd = await folderOf(t, { 'a.py': CLEAN, 'empty/readme.txt': '' });
  assert.equal((await run(['lint'], { cwd })).code, 64);
  assert.equal((await run(['lint', 'b.ipynb'], { cwd })).code, 66);
  assert.equal((await run(['lint', 'empty'], { cwd })).code, 66);
  assert.equal((await run(['lint', 'a.py', '--rule', 'nothing'], { cwd })).code, 64);
  assert.equal((await run(['lint', 'a.py', '--format', 'pdf'], { cwd })).code, 64);
  assert.equal((await run(['lint', 'a.py', '-o', 'no/such/folder/x'], { cwd })).code, 73);
});

test('another kernel is said, not linted', async (t) => {
  const text = JSON.stringify({
    nbformat: 4,
    metadata: { kernelspec: { name: 'ir', language: 'R' } },
    cells: [{ cell_type: 'code', source: 'print(1)' }],
  });
  const cwd = await folderOf(t, { 'a.ipynb': text });
  const { code, stdout } = await run(['lint', 'a.ipynb'], { cwd });
  assert.equal(code, 0);
  assert.match(stdout, /note: The kernel's language is r, not Python/);
});

test('at the terminal: place, severity, message, rule, code with a mark, why and fix', async (t) => {
  const cwd = await folderOf(t, { 'a.ipynb': notebook(CLEAN, ERRORS) });
  const { stdout } = await run(['lint', 'a.ipynb', '--rule', 'no-timeout'], { cwd });
  assert.equal(
    stdout,
    `a.ipynb

  cell 1, line 2  error  \`requests.get\` has no timeout  no-timeout
      1 | import requests
    > 2 | requests.get("https://example.org")  # throughline: ignore no-retry
        | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      3 |
      why: A connection that hangs holds the run for ever: nothing fails, nothing is retried, nobody is told.
      fix: \`embed: { requests: { timeout: 30s } }\`; in the notebook, give \`timeout=30\`.

1 error, 0 warnings and 0 notes in 1 notebook
`,
  );
});

test('no report repeats a secret, runs what a notebook says, or asks another machine', async (t) => {
  const code = `connect(password="${SECRET}")\nx = "<script>alert(1)</script>"\nprint(x)`;
  const cwd = await folderOf(t, { 'a<b>.ipynb': notebook(code) });
  for (const format of ['terminal', 'json', 'sarif', 'markdown', 'html']) {
    const { code: exit, stderr } = await run(['lint', 'a<b>.ipynb', '--format', format, '-o', format], {
      cwd,
    });
    assert.equal(exit, 65, stderr);
    const report = await readFile(join(cwd, format), 'utf8');
    assert.ok(report.includes('hardcoded-secret'), format);
    assert.ok(!report.includes(SECRET), format);
    if (format === 'html') {
      assert.ok(!/<script|<link|<img|src=|href=/.test(report));
      assert.ok(report.includes('&lt;script&gt;'));
    }
  }
});

test('the hook of pre-commit runs this command on the files that it is given', async (t) => {
  const [hook] = parse(await readFile(join(import.meta.dirname, '../../../.pre-commit-hooks.yaml'), 'utf8'));
  assert.deepEqual([hook.id, hook.language, hook.types], ['throughline-lint', 'node', ['jupyter']]);
  const [program, ...args] = hook.entry.split(' ');
  assert.equal(program, 'throughline');
  const cwd = await folderOf(t, { 'a.ipynb': notebook(ERRORS), 'b.ipynb': notebook(CLEAN) });
  assert.equal((await run([...args, 'a.ipynb', 'b.ipynb'], { cwd })).code, 65);
  assert.equal((await run([...args, 'b.ipynb'], { cwd })).code, 0);
});

test('the rules are listed', async (t) => {
  const cwd = await folderOf(t, {});
  const { json } = await run<{ rules: { id: string; severity: string; why: string; fix: string }[] }>(
    ['lint', '--list-rules', '--json'],
    { cwd },
  );
  assert.ok(json.rules.length >= 23);
  for (const { why, fix } of json.rules) assert.ok(why && fix);
});
