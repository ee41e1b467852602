/** Columns in the names of folders: in CSV, JSON Lines and Parquet alike. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stagedFrom } from './testing/staged-from.ts';

const SOURCE = { id: 'id', text: 'body', attributes: ['day', 'country'] };
const FRENCH = 'in/country=fr%20x/day=2024-01-31';
const NOWHERE = 'in/country=__HIVE_DEFAULT_PARTITION__/day=2024-02-01 10%3A00';

/** In the second file the day stands, too; in the third the country. */
const FORMATS = {
  csv: {
    [`${FRENCH}/a.csv`]: 'id,body\n1,x\n2,y\n',
    [`${NOWHERE}/b.csv`]: 'id,day,body\n3,1999-01-01,z\n',
    'in/day=2024-02-02/c.csv': 'country,id,body\nde,4,x\n',
  },
  jsonl: {
    [`${FRENCH}/a.jsonl`]: '{"id":"1","body":"x"}\n{"id":"2","body":"y"}\nno\n',
    [`${NOWHERE}/b.jsonl`]: '{"id":"3","body":"z","day":"1999-01-01"}\n',
    'in/day=2024-02-02/c.jsonl': '{"id":"4","body":"x","country":"de"}\n',
  },
  parquet: {
    [`${FRENCH}/a.parquet`]: { select: "SELECT unnest([1, 2]) AS id, unnest(['x', 'y']) AS body" },
    [`${NOWHERE}/b.parquet`]: { select: "SELECT 3 AS id, 'z' AS body, DATE '1999-01-01' AS day" },
    'in/day=2024-02-02/c.parquet': { select: "SELECT 4 AS id, 'x' AS body, 'de' AS country" },
  },
};

const COLUMNS = (type?: string) => [
  { name: 'body', ...(type && { type }) },
  { name: 'country', ...(type && { type }) },
  { name: 'day', ...(type && { type }) },
  { name: 'id', ...(type && { type: 'integer' }) },
];

for (const [type, files] of Object.entries(FORMATS)) {
  const source = { ...SOURCE, type, path: `in/**/*.${type}` };

  test(`${type}: rows have what their folders say, which stands before what the file says`, async (t) => {
    const { rows, columns } = await stagedFrom(t, { files, source, more: { chunk: { by: 'day' } } });
    assert.deepEqual(rows.map(({ id, attributes }) => [id, ...attributes]).sort(), [
      ['1', '2024-01-31', 'fr x'],
      ['2', '2024-01-31', 'fr x'],
      ['3', '2024-02-01 10:00', null],
      ['4', '2024-02-02', 'de'],
    ]);
    const expected = type === 'jsonl' ? undefined : COLUMNS(type === 'parquet' ? 'string' : undefined);
    assert.deepEqual(columns, expected);
  });

  test(`${type}: a day of the folders is a time that cuts chunks`, async (t) => {
    const { chunks } = await stagedFrom(t, {
      files,
      source: {
        ...source,
        timestamp: 'day',
        attributes: [],
        filter: 'day < timestamp("2024-02-02T00:00:00Z")',
      },
      more: { chunk: { by: 'day', every: '1d' } },
    });
    const whole = chunks.filter(({ id }) => id.startsWith('d:'));
    assert.deepEqual(
      whole.map(({ id, rows }) => [id, rows]),
      [
        ['d:2024-01-31', 2],
        ['d:2024-02-01', 1],
      ],
    );
  });

  test(`${type}: what neither a file nor its folders have is told with the file`, async (t) => {
    const [first] = Object.entries(files);
    const given = { files: Object.fromEntries([first!]), source: { ...source, attributes: ['dya'] } };
    await assert.rejects(stagedFrom(t, given), {
      exitCode: 78,
      message: `${first![0]} has no column "dya" (did you mean "day"?)`,
    });
    const { [`${FRENCH}/a.${type}`]: loose, ...rest } = files as Record<string, string>;
    await assert.rejects(stagedFrom(t, { files: { ...rest, [`in/loose.${type}`]: loose! }, source }), {
      exitCode: 78,
      message: new RegExp(`^in/loose\\.${type} has no column "(day|country)"`),
    });
  });
}
