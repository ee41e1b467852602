import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askColumns } from './ask.ts';
import type { ChosenColumns } from './choose-columns.ts';

const CHOSEN: ChosenColumns = {
  id: 'id',
  text: ['title', 'body'],
  timestamp: { column: 'day', format: undefined },
  attributes: [{ name: 'kind', column: 'kind', type: 'string' }],
  left: [],
};
const COLUMNS = ['id', 'title', 'body', 'day', 'kind', 'a, b'];

function person(answers: string[]) {
  const asked: string[] = [];
  const told: string[] = [];
  return {
    ...{ asked, told },
    answer: async (prompt: string) => {
      asked.push(prompt);
      return answers.shift() ?? '';
    },
    tell: (message: string) => void told.push(message),
  };
}

test('Enter keeps what was chosen, - means none, a wrong name is asked again', async () => {
  const who = person(['body', '', '-', 'kin', 'kind,a, b', 'a, b']);
  const named = await askColumns(who, CHOSEN, {}, COLUMNS);
  assert.deepEqual(named, { text: ['body'], id: 'id', timestamp: '', attributes: ['a, b'] });
  assert.deepEqual(who.asked[0], 'Text (what is searched) [title, body]: ');
  assert.equal(who.told.length, 2);
  assert.match(who.told[0]!, /did you mean "kind"/);
});

test('what was named on the command line is not asked', async () => {
  const who = person([]);
  const named = { text: ['body'], id: '', timestamp: 'day', attributes: [] };
  assert.deepEqual(await askColumns(who, CHOSEN, named, COLUMNS), named);
  assert.deepEqual(who.asked, []);
});
