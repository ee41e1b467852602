import assert from 'node:assert/strict';
import { test } from 'node:test';
import { columnsOfFiles } from '../source/source-columns.ts';
import { checkSchema, schemaChanges } from './check-schema.ts';

const CHECK = { check: 'schema', added: 'warn', missing: 'fail', type: 'fail', name: undefined } as const;

const columns = (...names: string[]) => columnsOfFiles([names.map((name) => ({ name }))]);
const seen = (now: string[], before: string[]) => ({
  ...{ now: columns(...now), before: columns(...before), accepted: false },
});

test('the same columns in another order pass; a renamed one is missing and new', () => {
  assert.equal(checkSchema(CHECK, seen(['b', 'a'], ['a', 'b'])).status, 'passed');
  const renamed = checkSchema(CHECK, seen(['a', 'c'], ['a', 'b']));
  assert.deepEqual(
    [renamed.status, renamed.severity, renamed.observed, renamed.sample],
    ['failed', 'fail', 2, ['missing b', 'new c']],
  );
});

test('what follows is the worst of what was found, and nothing of what is ignored', () => {
  assert.equal(checkSchema(CHECK, seen(['a', 'b'], ['a'])).severity, 'warn');
  const ignored = checkSchema({ ...CHECK, added: 'ignore' }, seen(['a', 'b'], ['a']));
  assert.deepEqual([ignored.status, ignored.observed], ['passed', 0]);
  const accepted = checkSchema(CHECK, { ...seen(['c'], ['a']), accepted: true });
  assert.deepEqual([accepted.status, accepted.severity], ['failed', 'warn']);
});

test('a column that becomes an attribute is told and no fault; one that does not is told of as a fault', () => {
  const check = { ...CHECK, added: 'add' } as const;
  const added = (...names: string[]) => ({ added: new Set(names) });
  const both = checkSchema(check, { ...seen(['a', 'b'], ['a']), ...added('a', 'b') });
  assert.deepEqual([both.status, both.observed, both.sample], ['passed', 1, ['new b']]);
  const left = checkSchema(check, { ...seen(['a', 'b', 'B'], ['a']), ...added('a', 'b') });
  assert.deepEqual([left.status, left.severity], ['failed', 'warn']);
  assert.equal(checkSchema(check, { ...seen(['b'], ['a']), ...added('b') }).severity, 'fail');
  const many = Array.from({ length: 51 }, (_, i) => `c${i}`);
  const fifty = checkSchema(check, { ...seen(['a', ...many.slice(1)], ['a']), ...added(...many) });
  assert.equal(fifty.status, 'passed');
  const another = checkSchema(check, { ...seen(['a', ...many], ['a']), ...added(...many) });
  assert.deepEqual([another.status, another.severity], ['failed', 'fail']);
});

test('types are compared where both runs know them', () => {
  const typed = (type: string) => columnsOfFiles([[{ name: 'a', type }]]);
  assert.deepEqual(schemaChanges(typed('long'), typed('string')), [
    { change: 'type', column: 'a', text: 'a is string, was long' },
  ]);
  assert.deepEqual(schemaChanges(columns('a'), typed('string')), []);
});

test('a column that one of the files has lost is missing, and one that they never all had is not', () => {
  const both = columnsOfFiles([[{ name: 'a' }, { name: 'b' }], [{ name: 'a' }]]);
  assert.deepEqual(
    schemaChanges(columns('a', 'b'), both).map(({ text }) => text),
    ['missing b in some files'],
  );
  assert.deepEqual(schemaChanges(both, both), []);
});

test('nothing is compared before the first run', () => {
  const first = checkSchema(CHECK, { now: columns('a'), before: undefined, accepted: false });
  assert.deepEqual([first.status, first.observed], ['passed', null]);
});
