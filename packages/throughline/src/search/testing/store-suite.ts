/** What every store has to answer, by the same questions: each kind of collections runs it. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import fc from 'fast-check';
import { type Filter, parseFilter } from '../../filter/index.ts';
import type { Attribute } from '../../source/mapping.ts';
import type { Collections, IndexedPassage } from '../collections.ts';
import type { Clause } from '../keyword-query.ts';
import { parseTerms, plainTerms } from '../keyword-query.ts';
import { FORMAT, type IndexManifest } from '../manifest.ts';
import { dot, normalised } from '../mmr.ts';
import type { IndexStore } from '../store.ts';

const DIMENSION = 16;
const ATTRIBUTES: Attribute[] = [
  { name: 'product', column: 'product', type: 'string' },
  { name: 'amount', column: 'amount', type: 'double' },
  { name: 'constructor', column: 'constructor', type: 'string' },
];
const TEXTS = [
  'the bank charged a late fee',
  'a fee that was late',
  'late fees charged twice by the card company',
  'the card never came, and nobody cared',
  "they don't answer e-mail",
  'charging me again for the late payment fee',
  'a naïve café in the U.S. took $2,500.00, said the Straße',
];
const COUNT = 3_000;
const random = (seed: number) => Math.sin(seed * 12.9898 + 78.233) * 43758.5453;
const vectorOf = (i: number) =>
  normalised(
    Float32Array.from({ length: DIMENSION }, (_, j) => {
      const value = random(i * DIMENSION + j);
      return value - Math.floor(value) - 0.5;
    }),
  );
const amountOf = (i: number) => (i % 7 === 0 ? undefined : (i % 100) / 4);

function passageOf(i: number): IndexedPassage {
  return {
    passage: `p${i}`,
    record: `r${Math.floor(i / 2)}`,
    chunk: chunkOf(i),
    ordinal: i % 2,
    text: textOf(i),
    at: BigInt(i) * 1_000_000n,
    attributes: [i % 10 === 0 ? 'rare' : 'common', amountOf(i) ?? null, null],
    vector: vectorOf(i),
  };
}

const textOf = (i: number) => TEXTS[i] ?? `filler number ${i}`;
const chunkOf = (i: number) => (i % 3 === 0 ? 'old' : 'new');

async function* allPassages(): AsyncGenerator<IndexedPassage[]> {
  for (let start = 0; start < COUNT; start += 1_000)
    yield Array.from({ length: 1_000 }, (_, k) => passageOf(start + k));
}

const COLUMNS = {
  constructor: 'string',
  product: 'string',
  amount: 'double',
  _chunk: 'string',
  _id: 'string',
  _at: 'timestamp',
} as const;
const FILTERS: [text: string, meets: (i: number) => boolean][] = [
  ['product == "rare"', (i) => i % 10 === 0],
  ['amount > 20.0', (i) => (amountOf(i) ?? 0) > 20],
  ['product == "rare" && amount < 3.0', (i) => i % 10 === 0 && (amountOf(i) ?? 9) < 3],
  ['_chunk == "old" && _id != "r3"', (i) => i % 3 === 0 && Math.floor(i / 2) !== 3],
  ['_at < timestamp("1970-01-01T00:01:00Z")', (i) => i < 60],
  ['product == "nothing"', () => false],
  ['has(constructor)', () => false],
];

export interface StoreSuite {
  /** Why it is not run, or false. */
  skip?: string | false;
  collections: () => Promise<Collections>;
}

/** Registers the tests. */
export function testStore({ skip = false, collections }: StoreSuite): void {
  let store: IndexStore;
  /** The same collection without the chunk `old`. */
  let without: IndexStore;
  let folder: string;
  before(async () => {
    if (skip) return;
    folder = await mkdtemp(join(tmpdir(), 'throughline-store-'));
    const made = await collections();
    const shape = { dimension: DIMENSION, attributes: ATTRIBUTES };
    const whose = { version: 'one', pipeline: 'suite', root: folder };
    const kept = await made.write({ folder: join(folder, 'collection'), ...shape, ...whose }, allPassages());
    const manifest = manifestOf(kept);
    const open = (gone: string[]) =>
      made.open({ manifest, folder: join(folder, 'collection'), without: new Set(gone) });
    store = await open([]);
    without = await open(['old']);
  });
  after(async () => {
    await store?.[Symbol.asyncDispose]();
    await without?.[Symbol.asyncDispose]();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  test('an exact search finds what comparing with every passage finds, with and without a filter', {
    skip,
  }, async () => {
    const cases: [Filter | undefined, (i: number) => boolean][] = [
      [undefined, () => true],
      ...FILTERS.map(([text, meets]): [Filter, typeof meets] => [parseFilter(text, COLUMNS), meets]),
    ];
    for (const [filter, meets] of cases)
      for (const seed of [0.5, 77.5]) {
        const question = vectorOf(seed);
        const wanted = Array.from({ length: COUNT }, (_, i) => i)
          .filter(meets)
          .map((i) => ({ passage: `p${i}`, score: dot(vectorOf(i), question) }))
          .sort((a, b) => b.score - a.score)
          .slice(0, 50);
        const found = await store.nearest(question, { limit: 50, filter, exact: true });
        assert.deepEqual(
          found.map(({ passage }) => passage),
          wanted.map(({ passage }) => passage),
        );
        for (const [i, { score }] of found.entries()) assert.ok(Math.abs(score - wanted[i]!.score) < 1e-5);
      }
  });

  test('passages that meet a filter are counted up to a limit', { skip }, async () => {
    for (const [text, meets] of FILTERS) {
      const all = Array.from({ length: COUNT }, (_, i) => i).filter(meets);
      const found = await store.matching(parseFilter(text, COLUMNS), 2_048);
      assert.deepEqual(found.map(({ passage }) => passage).sort(), all.map((i) => `p${i}`).sort());
      assert.equal((await store.matching(parseFilter(text, COLUMNS), 5)).length, Math.min(5, all.length));
      assert.equal(await store.count(parseFilter(text, COLUMNS), 200), Math.min(200, all.length));
    }
  });

  test('a filter that every passage meets is no filter, and thousands are fetched at once', {
    skip,
  }, async () => {
    const all: Filter = { op: 'constant', value: true };
    assert.equal(await store.count(all, 100), 100);
    const found = await store.matching(all, 2_048);
    assert.equal((await store.fetch(found.map(({ passage }) => passage))).size, 2_048);
    assert.equal((await store.nearest(vectorOf(0), { limit: 5, filter: all })).length, 5);
    assert.deepEqual(await store.matching({ op: 'constant', value: false }, 10), []);
  });

  test('what a hit shows is fetched by id, and vectors too', { skip }, async () => {
    const passages = await store.fetch(['p1', 'p7', 'nobody']);
    assert.deepEqual([...passages.keys()].sort(), ['p1', 'p7']);
    assert.deepEqual(passages.get('p1'), {
      passage: 'p1',
      record: 'r0',
      ordinal: 1,
      text: TEXTS[1],
      at: 1_000_000,
      attributes: { product: 'common', amount: 0.25, constructor: null },
    });
    assert.equal(passages.get('p7')!.attributes.amount, null);
    const vectors = await store.vectors(['p3']);
    assert.deepEqual([...vectors.get('p3')!], [...vectorOf(3)]);
    assert.equal((await store.fetch([])).size, 0);
  });

  /** Numbers of the texts that match. */
  async function matching(text: string, filter?: Filter): Promise<number[]> {
    const terms = parseTerms(text);
    const clauses = terms?.map(({ occurs, words }): Clause => ({ occurs, anyOf: [words] }));
    const query = clauses === undefined ? { plain: text } : { clauses };
    const found = await store.keyword(query, { limit: 100, filter });
    return found.map(({ passage }) => Number(passage.slice(1))).sort();
  }

  test('phrases, required and unwanted words hold for what is found', { skip }, async () => {
    assert.deepEqual(await matching('late fee'), [0, 1, 2, 5]);
    assert.deepEqual(await matching('"late fee"'), [0, 2], 'stems stand in a row');
    assert.deepEqual(await matching('"late fee" card'), [0, 2]);
    assert.deepEqual(await matching('"late fee" +card'), [2]);
    assert.deepEqual(await matching('"late fee" -card'), [0]);
    assert.deepEqual(await matching('fee -"late fee"'), [1, 5]);
    assert.deepEqual(await matching('+e-mail'), [4]);
    assert.deepEqual(await matching("+don't"), [4]);
    assert.deepEqual(await matching('+nowhere late'), []);
    assert.deepEqual(await matching('-nowhere late'), [0, 1, 2, 5]);
    assert.deepEqual(await matching('"late fee"', parseFilter('_id == "r1"', COLUMNS)), [2]);
  });

  test('words as clauses are ranked and scored as plain words are', { skip }, async () => {
    for (const text of ['late fee', 'charged twice by the card company', 'number 17', 'the']) {
      const clauses = plainTerms(text).map(({ words }): Clause => ({ occurs: 'should', anyOf: [words] }));
      const options = { limit: 2_000 };
      assert.deepEqual(
        await store.keyword({ clauses }, options),
        await store.keyword({ plain: text }, options),
      );
    }
  });

  test('no text breaks the language of the engine', { skip }, async () => {
    const text = fc.array(
      fc.oneof(
        fc.constantFrom('"', '+', '-', '*', '\\', '(', ')', '^', ':', '~', '\n', '\r', '\0', ' ', ' '),
        fc.constantFrom(
          'or',
          'AND',
          'not',
          'late',
          'fee',
          "don't",
          '\u{1f600}',
          'é',
          '日本語',
          '.',
          '_',
          '2',
        ),
        fc.string({ unit: 'binary', maxLength: 3 }),
      ),
      { maxLength: 10 },
    );
    await fc.assert(
      fc.asyncProperty(text, async (parts) => {
        const terms = parseTerms(parts.join('')) ?? plainTerms(parts.join(''));
        const clauses = terms.map(({ occurs, words }): Clause => ({ occurs, anyOf: [words, ['late']] }));
        assert.ok(Array.isArray(await store.keyword({ clauses }, { limit: 10 })));
        const plain = `${parts.join('')} late`;
        assert.ok((await store.keyword({ plain }, { limit: 10 })).length > 0, plain);
      }),
      { numRuns: 300 },
    );
  });

  test('scores are BM25', { skip }, async () => {
    const WORD = /[\p{L}\p{N}]+(?:['.,][\p{L}\p{N}]+)*/gu;
    const all = Array.from({ length: COUNT }, (_, i) => textOf(i).toLowerCase().match(WORD)!);
    const average = all.reduce((sum, { length }) => sum + length, 0) / COUNT;
    const rarity = (word: string) => {
      const having = all.filter((own) => own.includes(word)).length;
      return Math.log(1 + (COUNT - having + 0.5) / (having + 0.5));
    };
    // Words that stemming leaves alone, and whose forms are not there.
    for (const asked of [['late'], ['the', 'card'], ['filler', 'number', '17'], ['late', 'late', 'bank']]) {
      const rarities = new Map(asked.map((word) => [word, rarity(word)]));
      const scoreOf = (own: string[]) =>
        asked.reduce((sum, word) => {
          const tf = own.filter((one) => one === word).length;
          const weight = (tf * 2.2) / (tf + 1.2 * (0.25 + (0.75 * own.length) / average));
          return sum + rarities.get(word)! * weight;
        }, 0);
      const found = await store.keyword({ plain: asked.join(' ') }, { limit: 50 });
      assert.ok(found.length > 0);
      const best = all
        .map(scoreOf)
        .filter((score) => score > 0)
        .sort((a, b) => b - a);
      for (const [i, { passage, score }] of found.entries()) {
        assert.ok(Math.abs(score - best[i]!) < 1e-4, `${asked}: ${score}, ${best[i]}`);
        assert.ok(Math.abs(score - scoreOf(all[Number(passage.slice(1))]!)) < 1e-4);
      }
    }
  });

  test('accents, letter case and signs inside of words are as in the text, whatever the question has', {
    skip,
  }, async () => {
    for (const text of ['naive', 'NAÏVE', 'cafe', 'Strasse', 'straße', '2,500.00', '"u.s"', "+don't"]) {
      const expected = /don/.test(text) ? [4] : [6];
      assert.deepEqual(await matching(text), expected, text);
    }
  });

  test('the graph finds nearly what comparing finds, with a filter and without', { skip }, async () => {
    for (const filter of [undefined, parseFilter('product == "common" && amount > 3.0', COLUMNS)]) {
      let shared = 0;
      for (const seed of [0.5, 7.5, 77.5, 1_007.5]) {
        const options = { limit: 50, filter };
        const exact = await store.nearest(vectorOf(seed), { ...options, exact: true });
        const found = new Set((await store.nearest(vectorOf(seed), options)).map(({ passage }) => passage));
        shared += exact.filter(({ passage }) => found.has(passage)).length;
      }
      assert.ok(shared >= 0.95 * 200, `${shared} of 200`);
    }
  });

  test('chunks that are gone are not found by anything', { skip }, async () => {
    const gone = (passage: string) => chunkOf(Number(passage.slice(1))) === 'old';
    const all: Filter = { op: 'constant', value: true };
    const options = { limit: 2_000 };
    const sides = [
      await without.keyword({ plain: 'filler' }, options),
      await without.nearest(vectorOf(0), { ...options, exact: true }),
      await without.nearest(vectorOf(0), { limit: 50 }),
      await without.matching(all, 2_048),
    ];
    assert.deepEqual(
      sides.map(({ length }) => length > 0),
      sides.map(() => true),
    );
    for (const { passage } of sides.flat()) assert.ok(!gone(passage), passage);
    assert.deepEqual([...(await without.fetch(['p0', 'p1'])).keys()], ['p1']);
    assert.deepEqual([...(await without.vectors(['p0', 'p1'])).keys()], ['p1']);
    assert.equal(without.passages, COUNT, 'what is left is reckoned by who has both parts');
  });
}

function manifestOf(kept: Pick<IndexManifest, 'postgres'>): IndexManifest {
  return {
    ...{ version: 'one', format: FORMAT, build: 'none', passagesVersion: 0, passages: COUNT },
    ...{ dimension: DIMENSION, modelDigest: 'none', madeAt: 0, ms: 0 },
    mapping: { id: undefined, text: ['text'], timestamp: undefined, attributes: ATTRIBUTES },
    ...kept,
  };
}
