import assert from 'node:assert/strict';
import test from 'node:test';
import { comparableKeyword, countedFrequency } from './comparable-keyword.ts';
import { stem } from './highlight.ts';
import { type KeywordQuery, wordsOf } from './keyword-query.ts';
import { byScore, type Candidate, type IndexStore, MAX_CANDIDATES } from './store.ts';

/** As BM25 weighs a word that `having` of `all` passages have. */
const idf = (all: number, having: number) => Math.log(1 + (all - having + 0.5) / (having + 0.5));

interface Asked {
  query: KeywordQuery;
  limit: number;
}

/** A store whose scores are the rarities of the words that a passage has: BM25 where all have one length and no word twice. */
function storeOf(texts: Record<string, string>): { store: IndexStore; asked: Asked[] } {
  const asked: Asked[] = [];
  const stems = Object.entries(texts).map(([id, text]) => ({ id, has: new Set(wordsOf(text).map(stem)) }));
  const having = new Map<string, number>();
  for (const one of stems.flatMap(({ has }) => [...has])) having.set(one, (having.get(one) ?? 0) + 1);
  const keyword: IndexStore['keyword'] = async (query, { limit, filter }) => {
    asked.push({ query, limit });
    const words =
      'plain' in query ? wordsOf(query.plain) : query.clauses.flatMap(({ anyOf }) => anyOf.flat());
    const records =
      filter && new Set((filter as unknown as { list: { value: string }[] }).list.map((one) => one.value));
    return stems
      .filter(({ id }) => records?.has(id) ?? true)
      .map(({ id, has }): Candidate => {
        const hit = words.filter((word) => has.has(stem(word)));
        const score = hit.reduce((sum, word) => sum + idf(stems.length, having.get(stem(word))!), 0);
        return { passage: id, record: id, score };
      })
      .filter(({ score }) => score > 0)
      .sort(byScore)
      .slice(0, limit);
  };
  return { store: { passages: stems.length, keyword } as IndexStore, asked };
}

const TAIL = { p1: 'fee zeppelin', p2: 'fee bank', p3: 'fee', p4: 'zeppelins' };
const BASE: Record<string, number> = { fee: 500, zeppelin: 1, bank: 900 };
const counted = (store: IndexStore) => ({
  base: { passages: 1_000, frequency: async (word: string) => BASE[word]! },
  own: { passages: store.passages, frequency: countedFrequency(store, async () => 0) },
});

test('each word weighs what it would in the base, in the order that follows from it', async () => {
  const { store } = storeOf(TAIL);
  const found = await comparableKeyword(store, { plain: 'fee zeppelin bank' }, { limit: 10 }, counted(store));
  const weight = (word: string) => idf(1_000, BASE[word]!);
  const wanted = [
    ['p1', weight('fee') + weight('zeppelin')],
    ['p4', weight('zeppelin')],
    ['p2', weight('fee') + weight('bank')],
    ['p3', weight('fee')],
  ] as const;
  assert.deepEqual(
    found.map(({ passage }) => passage),
    wanted.map(([passage]) => passage),
  );
  for (const [i, { score }] of found.entries()) assert.ok(Math.abs(score - wanted[i]![1]) < 1e-9);
});

test('one of each stem weighs, and what must not be there weighs nothing', async () => {
  const { store, asked } = storeOf(TAIL);
  const clauses = [
    { occurs: 'must' as const, anyOf: [['zeppelin'], ['zeppelins']] },
    { occurs: 'not' as const, anyOf: [['bank']] },
  ];
  await comparableKeyword(store, { clauses }, { limit: 10 }, counted(storeOf(TAIL).store));
  const words = asked.slice(1).map(({ query }) => ('plain' in query ? query.plain : ''));
  assert.deepEqual(words, ['zeppelins']);
});

test('a tail without a hit, and a question of more than 64 words, are asked once', async () => {
  const { store, asked } = storeOf(TAIL);
  assert.deepEqual(await comparableKeyword(store, { plain: 'nothing' }, { limit: 10 }, counted(store)), []);
  assert.equal(asked.length, 1);
  const plain = ['fee', ...Array.from({ length: 64 }, (_, i) => `word${i}`)].join(' ');
  const found = await comparableKeyword(store, { plain }, { limit: 10 }, counted(store));
  assert.equal(asked.length, 2);
  assert.deepEqual(found, await store.keyword({ plain }, { limit: 10 }), 'its scores are its own');
});

test('a frequency is what the engine counts; past that what the words say, never more than there are', async () => {
  const many = Object.fromEntries(Array.from({ length: MAX_CANDIDATES + 10 }, (_, i) => [`p${i}`, 'fee']));
  const { store, asked } = storeOf({ ...many, last: 'zeppelin' });
  const ofWords: string[] = [];
  const frequency = countedFrequency(store, async (word) => {
    ofWords.push(word);
    return word === 'fee' ? MAX_CANDIDATES + 10 : 1_000_000;
  });
  assert.equal(await frequency('zeppelin'), 1);
  assert.deepEqual(ofWords, []);
  assert.equal(await frequency('fee'), MAX_CANDIDATES + 10);
  assert.equal(await frequency('fees'), store.passages, 'the words may be counted otherwise');
  const before = asked.length;
  assert.equal(await frequency('fee'), MAX_CANDIDATES + 10);
  assert.equal(asked.length, before, 'it is kept');
});

test('a frequency that could not be counted is counted anew', async () => {
  const { store } = storeOf(TAIL);
  let fails = true;
  const keyword: IndexStore['keyword'] = async (query, options) => {
    if (fails) throw new Error('busy');
    return store.keyword(query, options);
  };
  const frequency = countedFrequency({ ...store, keyword }, async () => 0);
  await assert.rejects(frequency('fee'), /busy/);
  fails = false;
  assert.equal(await frequency('fee'), 3);
});
