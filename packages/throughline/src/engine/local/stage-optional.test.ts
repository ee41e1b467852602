/** Attributes that a file need not have. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stagedFrom } from './testing/staged-from.ts';

const OPTIONAL = { column: 'kind', optional: true };

const FORMATS = {
  csv: { 'a.csv': 'id,body\n1,x\n', 'b.csv': 'id,kind,body\n2,k,y\n', 'kind=f/c.csv': 'id,body\n3,z\n' },
  jsonl: {
    'a.jsonl': '{"id":"1","body":"x"}\n',
    'b.jsonl': '{"id":"2","body":"y","kind":"k"}\n',
    'kind=f/c.jsonl': '{"id":"3","body":"z"}\n',
  },
  parquet: {
    'a.parquet': { select: "SELECT 1 AS id, 'x' AS body" },
    'b.parquet': { select: "SELECT 'k' AS kind, 2 AS id, 'y' AS body" },
    'kind=f/c.parquet': { select: "SELECT 3 AS id, 'z' AS body" },
  },
};

for (const [type, files] of Object.entries(FORMATS)) {
  const source = { type, path: `**/*.${type}`, id: 'id', text: 'body', attributes: [{ kind: OPTIONAL }] };
  const [first] = Object.entries(files);

  test(`${type}: an optional attribute is null where neither a file nor its folder has the column`, async (t) => {
    const { rows } = await stagedFrom(t, { files, source });
    assert.deepEqual(rows.map(({ id, attributes }) => [id, ...attributes]).sort(), [
      ['1', null],
      ['2', 'k'],
      ['3', 'f'],
    ]);
    const nowhere = await stagedFrom(t, { files: Object.fromEntries([first!]), source });
    assert.deepEqual(
      nowhere.rows.map(({ attributes }) => attributes),
      [[null]],
    );
  });

  test(`${type}: a column that something else needs as well has to be there`, async (t) => {
    for (const also of [{ attributes: [{ kind: OPTIONAL }, { same: 'kind' }] }, { text: ['body', 'kind'] }])
      await assert.rejects(
        stagedFrom(t, { files: Object.fromEntries([first!]), source: { ...source, ...also } }),
        { exitCode: 78, message: /^a\.\w+ has no column "kind"/ },
      );
  });
}
