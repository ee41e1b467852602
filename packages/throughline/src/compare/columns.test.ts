import assert from 'node:assert/strict';
import test from 'node:test';
import type { ThroughlineError } from '../error.ts';
import { expressionsOf, findColumns } from './columns.ts';

const of = (...names: string[]) => names.map((name) => ({ name, type: 'VARCHAR' }));

test('columns are found by their common names, in any case', () => {
  assert.deepEqual(findColumns('f', of('ID', 'Content', 'Embedding', 'topic', 'more'), {}), {
    id: 'ID',
    text: 'Content',
    vector: 'Embedding',
    theme: 'topic',
  });
});

test("the lake's own names come before others", () => {
  const columns = of('id', 'text', '_id', '_text', '_passage', '_ordinal', '_chunk');
  assert.deepEqual(findColumns('f', columns, {}), {
    id: '_id',
    passage: '_passage',
    ordinal: '_ordinal',
    chunk: '_chunk',
    text: '_text',
  });
});

test('a name that the user gives comes first, and has to be there', () => {
  assert.equal(findColumns('f', of('id', 'key'), { id: 'key' }).id, 'key');
  assert.throws(
    () => findColumns('f.csv', of('id', 'key'), { id: 'kei' }),
    (error: ThroughlineError) =>
      error.exitCode === 64 && /f\.csv.*"kei".*did you mean "key"/.test(error.message),
  );
});

test("the source's name of the id is known too, where the file has it", () => {
  assert.equal(findColumns('f', of('id', 'complaint_id'), { sourceId: 'complaint_id' }).id, 'complaint_id');
  assert.equal(findColumns('f', of('id', 'text'), { sourceId: 'complaint_id' }).id, 'id');
  assert.equal(findColumns('f', of('key', 'a'), { sourceId: 'a', id: 'key' }).id, 'key');
});

test('without an id there is nothing to match by, but an id of the passage will do', () => {
  assert.throws(() => findColumns('f', of('a', 'b'), {}), { exitCode: 64 });
  const columns = of('passage_id');
  const found = findColumns('f', columns, {});
  assert.deepEqual(found, { passage: 'passage_id' });
  assert.equal(expressionsOf('f', columns, found).id, expressionsOf('f', columns, found).passage);
});

test('what is no array of numbers is refused as a vector', () => {
  const columns = [
    { name: 'id', type: 'BIGINT' },
    { name: 'vector', type: 'VARCHAR[]' },
  ];
  assert.throws(() => expressionsOf('f', columns, { id: 'id', vector: 'vector' }), {
    exitCode: 64,
    message: /"vector" is VARCHAR\[\]/,
  });
});
