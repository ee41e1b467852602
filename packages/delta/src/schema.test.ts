import assert from 'node:assert/strict';
import test from 'node:test';
import { CorruptLogError, SchemaMismatchError } from './errors.ts';
import {
  array,
  checkSchema,
  type DataType,
  decimalOf,
  field,
  parseSchema,
  sameSchema,
  struct,
} from './schema.ts';

const ID = field('id', 'string', false);

test('a schema survives as schemaString', () => {
  const schema = struct([ID, field('tags', array(struct([field('x', 'decimal(10,2)')])))]);
  assert.deepEqual(parseSchema(JSON.stringify(schema)), schema);
});

test('what is no struct in JSON is a corrupt log', () => {
  for (const text of ['', '{', '"string"', '{"type":"array"}', '{"type":"struct"}', 'null']) {
    assert.throws(() => parseSchema(text), CorruptLogError, text);
  }
});

test('schemas are the same whatever the order of keys in their JSON', () => {
  const other = { nullable: false, metadata: {}, type: 'string', name: 'id' } as const;
  assert.ok(sameSchema(struct([ID]), { fields: [other], type: 'struct' }));
});

test('schemas differ by order, type, nullability and metadata of their fields', () => {
  const [a, b] = [field('a', 'long'), field('b', 'long')];
  assert.ok(!sameSchema(struct([a, b]), struct([b, a])));
  assert.ok(!sameSchema(struct([a]), struct([field('a', 'integer')])));
  assert.ok(!sameSchema(struct([a]), struct([field('a', 'long', false)])));
  assert.ok(!sameSchema(struct([a]), struct([{ ...a, metadata: { comment: 'x' } }])));
});

test('a schema that no table can have is refused', () => {
  const refused: [string, DataType][] = [
    ['', 'string'],
    ['two words', 'string'],
    ['a;b', 'string'],
    ['ID', 'string'],
    ['d', 'decimal(39,0)'],
    ['d', 'decimal(5,6)'],
    ['d', 'varchar' as DataType],
    ['d', array('varchar' as DataType)],
    ['d', struct([field('x', 'long'), field('X', 'long')])],
  ];
  for (const [name, type] of refused) {
    assert.throws(
      () => checkSchema(struct([ID, field(name, type)]), []),
      SchemaMismatchError,
      `${name} ${type}`,
    );
  }
});

test('partition columns are distinct scalars of the schema, beside at least one other column', () => {
  const schema = struct([ID, field('p', 'date'), field('list', array('long')), field('bytes', 'binary')]);
  checkSchema(schema, ['p']);
  for (const columns of [['missing'], ['list'], ['bytes'], ['p', 'p']]) {
    assert.throws(() => checkSchema(schema, columns), SchemaMismatchError, columns.join());
  }
  assert.throws(() => checkSchema(struct([ID]), ['id']), SchemaMismatchError);
});

test('the digits and scale of a decimal are read from its name', () => {
  assert.deepEqual(decimalOf('decimal(38,18)'), { precision: 38, scale: 18 });
  assert.equal(decimalOf('double'), undefined);
});
