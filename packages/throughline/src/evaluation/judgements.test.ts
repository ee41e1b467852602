import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { readJudgements } from './judgements.ts';

const HEADER = 'query-id\tcorpus-id\tscore\n';

async function folder(t: TestContext, queries: string, qrels: string): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'throughline-judgements-'));
  t.after(() => rm(made, { recursive: true, force: true }));
  await writeFile(join(made, 'queries.jsonl'), queries);
  await writeFile(join(made, 'qrels.tsv'), qrels);
  return made;
}

test('queries have their grades; those without a relevant document are left out and counted', async (t) => {
  const queries =
    '{"_id": 1, "text": "one"}\r\n\n{"_id": "2", "text": "two\u2028lines"}\n{"_id": "3", "text": "x"}\n{"_id": "4", "text": "y"}';
  const qrels = `${HEADER}1\ta b\t2\r\n2\tc\t1\n2\td\u2028e\t3\n3\tf\t0\n5\tg\t1\n`;
  const read = await readJudgements(await folder(t, queries, qrels));
  assert.deepEqual(
    read.queries.map(({ id, text, relevant }) => [id, text, Object.fromEntries(relevant)]),
    [
      ['1', 'one', { 'a b': 2 }],
      ['2', 'two\u2028lines', { c: 1, 'd\u2028e': 3 }],
    ],
  );
  assert.deepEqual([read.withoutRelevant, read.corpus], [2, undefined]);
});

test('a header is not needed, and the digest is of what is said, not of how it is written', async (t) => {
  const queries = '{"_id": "1", "text": "one"}\n';
  const one = await readJudgements(await folder(t, queries, `${HEADER}1\ta\t1\n1\tb\t2\n`));
  const same = await readJudgements(await folder(t, `\n${queries}`, '1\tb\t2\n1\ta\t1\n1\tb\t2\n'));
  const other = await readJudgements(await folder(t, queries, '1\tb\t1\n1\ta\t1\n'));
  assert.equal(one.digest, same.digest);
  assert.notEqual(one.digest, other.digest);
});

test('a malformed line is told with its place', async (t) => {
  const good = '{"_id": "1", "text": "one"}\n';
  const cases: [queries: string, qrels: string, place: RegExp][] = [
    [`${good}{"_id": "2"}\n`, '1\ta\t1\n', /queries\.jsonl:2: /],
    [`${good}\n{"_id": "2", "text": " "}\n`, '1\ta\t1\n', /queries\.jsonl:3: /],
    [`${good}nonsense\n`, '1\ta\t1\n', /queries\.jsonl:2: /],
    [`${good}${good}`, '1\ta\t1\n', /queries\.jsonl:2: .*each _id once/],
    [good, `${HEADER}1 a 1\n`, /qrels\.tsv:2: /],
    [good, '1\ta\t1\n1\tb\t\n', /qrels\.tsv:2: /],
    [good, '1\ta\t1\n1\tb\thigh\n', /qrels\.tsv:2: /],
    [good, '1\ta\t1\n1\ta\t2\n', /qrels\.tsv:2: .*one score of a/],
  ];
  for (const [queries, qrels, message] of cases)
    await assert.rejects(readJudgements(await folder(t, queries, qrels)), { exitCode: 65, message });
});

test('nothing relevant to any query is bad data, a file that is missing is no input', async (t) => {
  const made = await folder(t, '{"_id": "1", "text": "one"}\n', '2\ta\t1\n');
  await assert.rejects(readJudgements(made), { exitCode: 65, code: 'judgements_empty' });
  await rm(join(made, 'qrels.tsv'));
  await assert.rejects(readJudgements(made), { exitCode: 66, message: /qrels\.tsv/ });
});
