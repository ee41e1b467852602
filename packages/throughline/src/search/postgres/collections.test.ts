/** Collections in Postgres: the suite of every store, and what is their own. */
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { postgres } from '../../../../../engines/postgres.ts';
import { parseFilter } from '../../filter/index.ts';
import type { Attribute } from '../../source/mapping.ts';
import type { CollectionTarget, IndexedPassage } from '../collections.ts';
import { FORMAT, type IndexManifest } from '../manifest.ts';
import { testStore } from '../testing/store-suite.ts';
import { postgresCollections } from './collections.ts';
import { openDatabase } from './database.ts';

const engine = await postgres();
const skip = engine.ok ? false : engine.reason;
after(async () => engine.ok && engine.stop());

let schemas = 0;
function freshSchema() {
  const setting = { pgvector: engine.ok ? engine.url : '', schema: `schema_${++schemas}` };
  return { ...setting, collections: postgresCollections(setting) };
}

testStore({ skip, collections: async () => freshSchema().collections });

const LONG = 'a'.repeat(70);
const ATTRIBUTES: Attribute[] = [`${LONG}b`, `${LONG}c`].map((name) => ({
  name,
  column: name,
  type: 'string',
}));

function target(dimension: number): CollectionTarget {
  const attributes = ATTRIBUTES;
  return { dimension, attributes, folder: '/nowhere', version: 'one', pipeline: 'p', root: '/lake' };
}

function passage(i: number, dimension: number): IndexedPassage {
  const vector = new Float32Array(dimension);
  vector[i] = 1;
  return {
    ...{ passage: `p${i}`, record: `r${i}`, chunk: 'c', ordinal: 0, at: null, vector },
    text: `nul \0 number ${i}`,
    attributes: [`b${i}\0`, `c${i}`],
  };
}

async function* few(dimension: number) {
  yield [passage(0, dimension), passage(1, dimension), passage(2, dimension)];
}

function manifestOf(dimension: number, kept: Pick<IndexManifest, 'postgres'>): IndexManifest {
  return {
    ...{ version: 'one', format: FORMAT, build: 'none', passagesVersion: 0, passages: 3, dimension },
    ...{ modelDigest: 'none', madeAt: 0, ms: 0, ...kept },
    mapping: { id: undefined, text: ['text'], timestamp: undefined, attributes: ATTRIBUTES },
  };
}

test('a build that fails half way leaves nothing', { skip }, async () => {
  const { pgvector, schema, collections } = freshSchema();
  async function* broken() {
    yield* few(4);
    throw new Error('the table is gone');
  }
  await assert.rejects(collections.write(target(4), broken()), /the table is gone/);
  await using database = await openDatabase(pgvector);
  const tables = await database.query('SELECT tablename FROM pg_tables WHERE schemaname = $1', [schema]);
  assert.deepEqual(tables, [{ tablename: 'collections' }]);
  assert.deepEqual(await database.query(`SELECT FROM ${schema}.collections`), []);
});

test('several builds at once make one schema', { skip }, async () => {
  const { collections } = freshSchema();
  const kept = await Promise.all([1, 2, 3].map(() => collections.write(target(4), few(4))));
  assert.equal(new Set(kept.map(({ postgres }) => postgres!.collection)).size, 3);
});

test('vectors of any length, long names and NUL are kept', { skip }, async () => {
  const { collections } = freshSchema();
  for (const dimension of [3, 2_001, 4_001]) {
    const manifest = manifestOf(dimension, await collections.write(target(dimension), few(dimension)));
    await using store = await collections.open({ manifest, folder: '/nowhere', without: new Set() });
    const [first] = await store.nearest(passage(1, dimension).vector, { limit: 1 });
    assert.deepEqual([first!.passage, first!.score], ['p1', 1]);
    const filter = parseFilter(`${LONG}c == "c2"`, { [`${LONG}c`]: 'string' });
    assert.deepEqual(await store.matching(filter, 10), [{ passage: 'p2', record: 'r2' }]);
    const stored = (await store.fetch(['p0'])).get('p0')!;
    assert.equal(stored.text, 'nul \ufffd number 0');
    assert.deepEqual(Object.values(stored.attributes), ['b0\ufffd', 'c0']);
    const withNul = { ...filter, right: { kind: 'literal', type: 'string', value: '\0' } } as typeof filter;
    await assert.rejects(store.count(withNul, 10), { code: 'filter_not_supported' });
  }
});

test('a manifest with text for a number is refused', { skip }, async () => {
  const { collections } = freshSchema();
  const manifest = manifestOf(4, await collections.write(target(4), few(4)));
  for (const broken of [
    { ...manifest, dimension: '4) --' as unknown as number },
    { ...manifest, postgres: { ...manifest.postgres!, passages: '3' as unknown as number } },
  ])
    await assert.rejects(collections.open({ manifest: broken, folder: '/nowhere', without: new Set() }), {
      ...{ code: 'index_damaged', exitCode: 65 },
    });
});

test('the names of versions tell databases and schemas apart', { skip }, async () => {
  const { pgvector, schema, collections } = freshSchema();
  const other = engine.ok ? await engine.createDatabase('other') : '';
  const formats = [
    await collections.format(),
    await postgresCollections({ pgvector, schema }).format(),
    await postgresCollections({ pgvector: other, schema }).format(),
    await freshSchema().collections.format(),
  ];
  assert.match(formats[0]!, /^f\d+p1-[0-9a-f]{8}$/);
  assert.equal(formats[0], formats[1]);
  assert.equal(new Set(formats).size, 3);
});

test('a record id of any length is kept', { skip }, async () => {
  const { collections } = freshSchema();
  const record = Array.from({ length: 9_000 }, (_, i) =>
    String.fromCodePoint(0x4e00 + ((i * 7919) % 20_000)),
  ).join('');
  async function* long() {
    yield [{ ...passage(0, 4), record }];
  }
  assert.equal((await collections.write(target(4), long())).postgres!.passages, 1);
});

test('an index of no passages is an index', { skip }, async () => {
  const { collections } = freshSchema();
  async function* none() {}
  const manifest = manifestOf(4, await collections.write(target(4), none()));
  await using store = await collections.open({ manifest, folder: '/nowhere', without: new Set() });
  assert.deepEqual(await store.keyword({ plain: 'fee' }, { limit: 10 }), []);
  assert.deepEqual(await store.nearest(new Float32Array(4), { limit: 10 }), []);
});
