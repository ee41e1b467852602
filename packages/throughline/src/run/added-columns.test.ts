import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConfig } from '../config/index.ts';
import { mappingOf } from '../source/mapping.ts';
import { addedText, freshColumns, withAdded } from './added-columns.ts';

const config = parseConfig(
  JSON.stringify({
    name: 't',
    source: { type: 'csv', path: 'a.csv', id: 'id', text: 'body', attributes: [{ kind: 'Kind' }] },
    quality: [{ check: 'schema', added: 'add' }],
  }),
  'throughline.yaml',
  { env: {} },
);
const named = (...names: string[]) => names.map((name) => ({ name }));

test('new is what was neither known, nor mapped, nor added before; names of attributes are not taken twice', () => {
  const kept = [{ column: 'old', name: 'old' }];
  const before = named('id', 'body', 'seen');
  const now = named('id', 'body', 'Kind', 'seen', 'old', 'kind', 'Sent At', 'sent_at');
  const fresh = freshColumns(config, kept, before, now);
  assert.deepEqual(fresh, [
    { column: 'kind', name: 'kind_2' },
    { column: 'Sent At', name: 'sent_at' },
    { column: 'sent_at', name: 'sent_at_2' },
  ]);
  assert.match(addedText(fresh, 'now'), /kind_2 \("kind"\), sent_at \("Sent At"\)/);
});

test('what has no text of its own becomes no attribute', () => {
  const typed = (type: string) => [{ name: 'a', type }];
  for (const type of ['nested', 'binary', 'bytea', 'nested | string'])
    assert.deepEqual(freshColumns(config, [], [], typed(type)), [], type);
  for (const type of ['string', 'long', 'long | string', 'jsonb', 'decimal(10,2)'])
    assert.equal(freshColumns(config, [], [], typed(type)).length, 1, type);
});

test('another source is no drift', () => {
  const many = Array.from({ length: 51 }, (_, i) => ({ name: `c${i}` }));
  assert.throws(() => freshColumns(config, [], [], many), { exitCode: 78, code: 'columns_added' });
  assert.equal(freshColumns(config, [], [], many.slice(1)).length, 50);
});

test('added columns are optional attributes of texts, until the config names them itself', () => {
  const added = [
    { column: 'Sent At', name: 'sent_at' },
    { column: 'Kind', name: 'kind' },
  ];
  const { attributes } = mappingOf(withAdded(config, added).source);
  assert.deepEqual(attributes, [
    { name: 'kind', column: 'Kind', type: 'string' },
    { name: 'sent_at', column: 'Sent At', type: 'string', optional: true },
  ]);
  assert.equal(withAdded(config, []), config);
});
