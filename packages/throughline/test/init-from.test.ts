/** `throughline init --from NOTEBOOK` as its users have it: what is written runs, and gives the notebook's results. */
import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { startFakeApi } from '../../../fake-api/server.ts';
import { vectorOf } from '../../../fake-api/vector.ts';
import { loadConfig } from '../src/config/index.ts';
import type { RunResult } from '../src/run/index.ts';
import { run } from './cli.ts';
import { complaints, toCsv } from './complaints.ts';
import { project } from './project.ts';

interface Initiated {
  config: string;
  files: string[];
  questions: string[];
  taken: { setting: string; value: unknown; cell: number; line: number; source: string }[];
  queries: string[];
}

const SECRET = 'sk-proj-Zq8xT3mV9bL2nR7wK4dJ6hG1';
const KEY_ID = 'AKIAQWERTY12QWERTY12';
const LONG = 'abcdEFGH1234567890abcdEFGH1234567890abcd';

function ipynb(...sources: string[]): string {
  const cells = sources.map((source, at) => ({
    ...{ cell_type: 'code', metadata: {}, execution_count: at + 1, outputs: [] },
    source: source.split(/(?<=\n)/),
  }));
  const metadata = { kernelspec: { name: 'python3', language: 'python' } };
  return JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata, cells });
}

const notebook = (url: string) =>
  ipynb(
    `import os\nimport pandas as pd\nfrom openai import OpenAI\nclient = OpenAI(api_key=os.environ["DESK_KEY"], base_url="${url}")\n`,
    `df = pd.read_csv("data.csv")
df["date_received"] = pd.to_datetime(df["date_received"])
df = df[df["product"] != "Mortgage"].dropna(subset=["narrative"])
df["text"] = "Product: " + df["product"] + "\\n" + df["narrative"].str.replace("XXXX", "")
df = df.head(1000)
df.groupby("state").size()
`,
    `def embed(text):
    return client.embeddings.create(input=[text], model="fake-embedding", dimensions=8).data[0].embedding
df["embedding"] = df["text"].apply(embed)
df[["complaint_id", "text", "embedding"]].to_json("notebook.jsonl", orient="records", lines=True)
`,
    'embed("late fees on a paid card")\n',
  );

test('init --from, then plan and run with no edit; compare finds the results of the notebook', async (t) => {
  const api = await startFakeApi({ dimension: 8, key: 'desk' });
  t.after(() => api.stop());
  const rows = complaints(60);
  const { folder, write } = await project(t, toCsv(rows));
  await write('analysis.ipynb', notebook(api.url));
  const cli = <T>(...args: string[]) => run<T>(args, { cwd: folder, env: { DESK_KEY: 'desk' } });
  const made = await cli<Initiated>('init', '--from', 'analysis.ipynb', '--out', 'pipeline', '--json');
  assert.equal(made.code, 0, made.stderr);
  assert.deepEqual(made.json.questions, [
    'How many tokens does fake-embedding take? A longer text becomes a dead letter.',
  ]);
  assert.deepEqual(made.json.queries, ['late fees on a paid card']);
  const filter = made.json.taken.find(({ setting }) => setting === 'source.filter');
  assert.deepEqual([filter?.value, filter?.cell, filter?.line], ['product != "Mortgage"', 1, 3]);
  const config = ['--config', 'pipeline/throughline.yaml'];
  const { source, embed } = (await loadConfig(made.json.config)).config;
  assert.deepEqual(
    [source.path, source.id, source.timestamp, source.text, embed.keyVariable],
    ['../data.csv', 'complaint_id', 'date_received', 'narrative', 'DESK_KEY'],
  );
  const plan = await cli('plan', ...config, '--json');
  assert.equal(plan.code, 0, plan.stderr);
  const ran = await cli<RunResult>('run', ...config, '--json');
  assert.equal(ran.code, 0, ran.stderr);
  const kept = rows.filter(({ product }) => product !== 'Mortgage');
  assert.equal(ran.json.records, kept.length);
  const results = kept.map((row) => {
    const text = `Product: ${row.product}\n${row.narrative.replaceAll('XXXX', '')}`;
    return JSON.stringify({ complaint_id: row.complaint_id, text, embedding: [...vectorOf(text.trim(), 8)] });
  });
  await write('notebook.jsonl', `${results.join('\n')}\n`);
  const migration = await readFile(join(folder, 'pipeline', 'MIGRATION.md'), 'utf8');
  const compare = /^throughline (compare .*)$/m.exec(migration)![1]!.split(' ');
  const compared = await run<{ equal: boolean }>(compare, { cwd: join(folder, 'pipeline') });
  assert.equal(compared.code, 0, compared.stdout + compared.stderr);
});

test('nothing is written over, and no secret is written at all', async (t) => {
  const { folder, write } = await project(t, toCsv(complaints(5)));
  const code = `import pandas as pd\nfrom openai import OpenAI\nclient = OpenAI(api_key="${SECRET}")
df = pd.read_csv("data.csv", storage_options={"key": "${KEY_ID}", "secret": "${LONG}"})
v = client.embeddings.create(input=df["narrativ"].tolist(), model="text-embedding-3-small")\n`;
  await write('analysis.ipynb', ipynb(code));
  const cli = <T>(...args: string[]) =>
    run<T>(['init', '--from', 'analysis.ipynb', ...args], { cwd: folder });
  const refused = await cli<Initiated>('--json');
  assert.deepEqual([refused.code, refused.json.error.code], [73, 'config_exists']);
  assert.deepEqual((await readdir(folder)).sort(), ['analysis.ipynb', 'data.csv', 'throughline.yaml']);
  const made = await cli<Initiated>('--force', '--json');
  assert.equal(made.code, 0, made.stderr);
  assert.ok(
    made.json.questions.some((text) => text.includes('"narrativ"') && text.includes('Is it narrative?')),
  );
  const config = await readFile(join(folder, 'throughline.yaml'), 'utf8');
  const migration = await readFile(join(folder, 'MIGRATION.md'), 'utf8');
  for (const text of [config, migration, made.stdout, made.stderr])
    for (const secret of [SECRET, KEY_ID, LONG.slice(0, 8)]) assert.ok(!text.includes(secret), text);
  assert.match(migration, /OPENAI_API_KEY/);
});

test('--force replaces a link, and what it points at stays; a path of Windows is asked about', async (t) => {
  const { folder, write } = await project(t, undefined);
  await write('a.ipynb', ipynb('import pandas as pd\ndf = pd.read_csv("C:\\\\data\\\\a.csv")\n'));
  await write('other.yaml', 'mine');
  await mkdir(join(folder, 'new'));
  await symlink(join(folder, 'other.yaml'), join(folder, 'new', 'throughline.yaml'));
  const made = await run<Initiated>(['init', '--from', 'a.ipynb', '--out', 'new', '--force', '--json'], {
    cwd: folder,
  });
  assert.equal(made.code, 0, made.stderr);
  assert.equal(await readFile(join(folder, 'other.yaml'), 'utf8'), 'mine');
  const config = await readFile(join(folder, 'new', 'throughline.yaml'), 'utf8');
  assert.match(config, /QUESTION: This is a path of one machine[\s\S]*path: C:\\data\\a\.csv/);
});

test('what is wrong is said', async (t) => {
  const { folder, write } = await project(t, undefined);
  await write('broken.ipynb', '{"cells": [');
  await write('fine.ipynb', ipynb('x = 1\n'));
  const cli = (...args: string[]) => run(['init', '--out', 'new', ...args], { cwd: folder });
  assert.equal((await cli('--from', 'none.ipynb')).code, 66);
  assert.equal((await cli('--from', 'broken.ipynb')).code, 65);
  assert.equal((await cli('--from', 'fine.ipynb', '--source', 'none.csv')).code, 66);
  assert.equal((await cli('data.csv', '--from', 'fine.ipynb')).code, 64);
  assert.equal((await cli('--from', 'fine.ipynb', '--text', 'a')).code, 64);
  const { code, stderr } = await cli('--from', 'fine.ipynb');
  assert.equal(code, 0, stderr);
  assert.match(stderr, /Question: Which file holds the full history\?/);
});
