import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  askedFiles,
  columnsInFiles,
  columnsInFolders,
  folderValues,
  withFolderColumns,
} from './partition-folders.ts';

const valuesOf = (name: string) => Object.fromEntries(folderValues({ name }));

test('folders of a name say columns, the file does not', () => {
  assert.deepEqual(valuesOf('exports/country=fr/other/day=2024-01-31/kind=x.csv'), {
    country: 'fr',
    day: '2024-01-31',
  });
  assert.deepEqual(valuesOf('s3://bucket/a=1/part.csv'), { a: '1' });
  assert.deepEqual(valuesOf('../a=1/part.csv'), { a: '1' });
  assert.deepEqual(valuesOf('part.csv'), {});
});

test('what writers put where a value cannot stand as it is', () => {
  assert.deepEqual(valuesOf('at=10%3A00%3a01/a b%20c=%C3%A4+b/n=__HIVE_DEFAULT_PARTITION__/x.csv'), {
    at: '10:00:01',
    'a b c': 'ä+b',
    n: null,
  });
  assert.deepEqual(valuesOf('a=b=c/empty=/=none/x.csv'), { a: 'b=c', empty: '' });
  assert.deepEqual(valuesOf('share=100%/bad=%E4%20%zz/nul=%00/x.csv'), {
    share: '100%',
    bad: '%E4%20%zz',
    nul: '%00',
  });
  assert.deepEqual(valuesOf('a=1/a=2/x.csv'), { a: '2' }, 'the nearer one');
});

/** As DuckDB writes names of folders; Spark leaves more as it is. */
const encoded = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

test('whatever is written encoded is read as it was', () => {
  const text = fc
    .string({ unit: 'binary', maxLength: 12 })
    .filter((one) => one.isWellFormed() && !one.includes('\0') && one !== '__HIVE_DEFAULT_PARTITION__');
  const pairs = fc.uniqueArray(
    fc.tuple(
      text.filter((one) => one !== ''),
      text,
    ),
    { selector: ([name]) => name, maxLength: 5 },
  );
  fc.assert(
    fc.property(pairs, (folders) => {
      const name = [...folders.map(([key, value]) => `${encoded(key)}=${encoded(value)}`), 'x.csv'].join('/');
      assert.deepEqual([...folderValues({ name })], folders);
    }),
  );
});

test('any name is read, and gives texts that SQL can hold', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('%', '0', 'C', '3', 'f', '=', '/', 'ä', '+') }), (name) => {
      for (const [column, value] of folderValues({ name }))
        assert.ok(column !== '' && ![...column, ...(value ?? '')].includes('\0'));
    }),
  );
});

const file = (name: string) => ({ path: `/${name}`, name, bytes: 1 });
const MIXED = [file('day=1/a.csv'), file('day=2/country=fr/b.csv'), file('c.csv')];

test('which files have to hold which columns', () => {
  const wanted = ['id', 'day', 'country'];
  assert.deepEqual(columnsInFolders(MIXED, wanted), ['day', 'country']);
  assert.deepEqual(columnsInFiles(MIXED, wanted), wanted);
  assert.deepEqual(columnsInFiles(MIXED.slice(0, 2), wanted), ['id', 'country']);
  assert.deepEqual(askedFiles(MIXED, wanted), [
    { files: MIXED, columns: ['id'] },
    { files: [MIXED[2]], columns: ['day'] },
    { files: [MIXED[0], MIXED[2]], columns: ['country'] },
  ]);
  assert.deepEqual(askedFiles(MIXED.slice(0, 2), ['day']), []);
});

test('a column of the folders stands for that of the file', () => {
  const columns = [
    { name: 'id', type: 'long' },
    { name: 'day', type: 'date' },
  ];
  assert.deepEqual(withFolderColumns(MIXED[0]!, columns, 'string'), [
    columns[0],
    { name: 'day', type: 'string' },
  ]);
  assert.deepEqual(withFolderColumns(MIXED[2]!, columns), columns);
});
