import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseColumns } from './choose-columns.ts';
import type { ColumnFacts } from './column-facts.ts';

const ROWS = 1_000;

function column(name: string, facts: Partial<ColumnFacts> = {}): ColumnFacts {
  const none = { long: 0, double: 0, boolean: 0, address: 0, nested: 0, code: 0 };
  return {
    name,
    rows: ROWS,
    filled: 1,
    distinct: 10,
    length: 8,
    words: 1,
    ...none,
    examples: [],
    values: [],
    ...facts,
  };
}

const prose = (name: string, facts: Partial<ColumnFacts> = {}) =>
  column(name, { length: 300, words: 60, distinct: ROWS, ...facts });
const title = (name: string) => column(name, { length: 30, words: 5, distinct: 900 });
const numbers = { long: 1, double: 1, values: ['3', '17'] };
const days = { values: ['2024-01-01', '2024-01-02'], length: 10, distinct: 300 };

const choose = (columns: ColumnFacts[], named = {}) => chooseColumns({ columns, named });

test('complaints: id, prose, day and what few values have', () => {
  const { id, text, timestamp, attributes, left } = choose([
    column('complaint_id', { ...numbers, distinct: ROWS }),
    column('date_received', days),
    column('product'),
    column('zip', { ...numbers, code: 0.3 }),
    column('amount', { double: 1, values: ['1.5'], distinct: 800 }),
    prose('narrative'),
    column('link', { address: 1, distinct: ROWS }),
    column('person', { distinct: 990, words: 2 }),
  ]);
  assert.deepEqual([id, text, timestamp?.column], ['complaint_id', ['narrative'], 'date_received']);
  assert.deepEqual(
    attributes.map(({ name, type }) => [name, type]),
    [
      ['product', 'string'],
      ['zip', 'string'],
      ['amount', 'double'],
    ],
  );
  assert.deepEqual(left, [
    { column: 'link', reason: 'it holds addresses' },
    { column: 'person', reason: 'nearly every row has another value' },
  ]);
});

test('a title goes before the text; what a program has made of a text is left out', () => {
  const made = prose('clean_text', { length: 280 });
  assert.deepEqual(choose([prose('review'), title('title'), made]).text, ['title', 'review']);
  assert.deepEqual(choose([prose('pros'), prose('cons', { length: 200 })]).text, ['pros', 'cons']);
});

test("an id has to be called so and to be each row's own; else a hash is better", () => {
  assert.equal(choose([column('user_id', { distinct: 500 }), prose('text')]).id, undefined);
  assert.equal(choose([column('', { ...numbers, distinct: ROWS }), prose('text')]).id, undefined);
  assert.equal(
    choose([column('orderId', { distinct: ROWS }), column('id', { distinct: ROWS }), prose('text')]).id,
    'id',
  );
  assert.equal(choose([column('phone_number', { distinct: ROWS }), prose('text')]).id, undefined);
  assert.equal(choose([column('id', { distinct: 990, filled: 0.99 }), prose('text')]).id, undefined);
});

test('of several times the one when it began; none that many rows lack', () => {
  const times = [column('updated_at', days), column('created_at', days), prose('text')];
  assert.equal(choose(times).timestamp?.column, 'created_at');
  assert.equal(choose([column('created_at', { ...days, filled: 0.7 }), prose('text')]).timestamp, undefined);
  assert.equal(
    choose([column('birth_date', days), column('date', days), prose('text')]).timestamp?.column,
    'date',
  );
  assert.equal(
    choose([column('due_date', days), column('send_date', days), prose('text')]).timestamp?.column,
    'send_date',
  );
});

test('what a person names is taken, and an empty name means none', () => {
  const columns = [
    column('id', { distinct: ROWS }),
    column('day', days),
    title('title'),
    prose('body'),
    column('kind'),
  ];
  const { id, text, timestamp, attributes } = choose(columns, {
    ...{ id: '', text: ['body'], timestamp: '', attributes: ['title', 'day'] },
  });
  assert.deepEqual([id, text, timestamp], [undefined, ['body'], undefined]);
  assert.deepEqual(
    attributes.map(({ column: name }) => name),
    ['day', 'title'],
  );
});

test('without prose the longest words are the text, and without words there is none', () => {
  assert.deepEqual(
    choose([column('question', { words: 2.2, length: 12, distinct: 900 }), column('kind')]).text,
    ['question'],
  );
  assert.deepEqual(choose([column('a', numbers), column('b', numbers)]).text, []);
});
