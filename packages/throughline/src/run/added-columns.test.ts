import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { parseConfig } from '../config/index.ts';
import { openLake } from '../lake/lake.ts';
import { mappingOf } from '../source/mapping.ts';
import type { SourceColumn } from '../source/source-columns.ts';
import {
  addedText,
  freshColumns,
  lookForAdded,
  noteLook,
  readAdded,
  settleAdded,
  withAdded,
} from './added-columns.ts';

const config = parseConfig(
  JSON.stringify({
    name: 't',
    source: {
      ...{ type: 'csv', path: 'a.csv', id: 'id', text: 'body', timestamp: 'date' },
      attributes: [{ kind: 'Kind' }],
    },
    quality: [{ check: 'schema', added: 'add' }],
  }),
  'throughline.yaml',
  { env: {} },
);
const named = (...names: string[]) => names.map((name) => ({ name }));
const NONE = { before: [], added: [], pending: [] };
const SENT = { column: 'Sent At', name: 'sent_at' };

test('new is what was neither there before, nor mapped, nor added', () => {
  const kept = { before: ['id', 'body', 'seen'], added: [{ column: 'old', name: 'old' }], pending: [SENT] };
  const now = named('id', 'body', 'Kind', 'seen', 'old', 'Sent At', 'more');
  assert.deepEqual(freshColumns(config, kept, now), [{ column: 'more', name: 'more' }]);
});

test('an attribute has no name that means something already, nor a longer one than an index has', () => {
  const long = 'How satisfied were you with our answer';
  const now = named('text', 'Body!', 'Date?', 'KIND 2', 'kind-2', 'id.', long, `${long} today`, 'a', 'A_');
  const fresh = freshColumns(config, NONE, now);
  assert.deepEqual(
    fresh.map(({ name }) => name),
    [
      ...['text_2', 'body_2', 'date_2', 'kind_2', 'kind_2_2', 'id_2'],
      ...['how_satisfied_were_you_with_ou', 'how_satisfied_were_you_with_2', 'a', 'a_2'],
    ],
  );
  assert.ok(fresh.every(({ name }) => name.length <= 30));
  assert.match(addedText(fresh, 'now'), /attributes now: text_2 \("text"\), body_2 \("Body!"\)/);
});

test('what has no text of its own becomes no attribute, nor what is called like another column but for case', () => {
  const typed = (type: string) => [{ name: 'a', type }];
  for (const type of ['nested', 'binary', 'bytea', 'text[]', 'nested | string'])
    assert.deepEqual(freshColumns(config, NONE, typed(type)), [], type);
  for (const type of ['string', 'long', 'long | string', 'jsonb', 'decimal(10,2)'])
    assert.equal(freshColumns(config, NONE, typed(type)).length, 1, type);
  assert.deepEqual(freshColumns(config, NONE, named('Sent', 'sent', 'kind', 'column3')), []);
  assert.deepEqual(freshColumns(config, { ...NONE, added: [SENT] }, named('sent at')), []);
});

test('added columns are optional attributes of texts, until the config names them itself', () => {
  const kind = { column: 'Kind', name: 'kind' };
  const { attributes } = mappingOf(withAdded(config, { added: [SENT, kind], pending: [] }).source);
  assert.deepEqual(attributes, [
    { name: 'kind', column: 'Kind', type: 'string' },
    { name: 'sent_at', column: 'Sent At', type: 'string', optional: true },
  ]);
  const taken = withAdded(config, { added: [{ column: 'kind!', name: 'kind' }], pending: [] });
  assert.equal(mappingOf(taken.source).attributes[1]!.name, 'kind_2');
  assert.equal(withAdded(config, NONE), config);
});

/** A lake whose source has these columns when it is looked at. */
async function looked(t: TestContext) {
  const root = await mkdtemp(join(tmpdir(), 'throughline-added-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  const lake = await openLake(root, 't', () => 'pipeline');
  let looks = 0;
  const look = async (now: SourceColumn[], token?: string, acceptSchema = false) => {
    const describe = async () => {
      looks++;
      return now;
    };
    const found = await lookForAdded(lake, config, { token, describe, acceptSchema });
    if (found) await noteLook(lake, found);
    return found?.pending.map(({ column }) => column);
  };
  return { lake, look, looks: () => looks };
}

test('before the first run nothing is new; what a check refused leaves nothing behind', async (t) => {
  const { lake, look } = await looked(t);
  assert.equal(await look(named('id', 'body')), undefined);
  assert.deepEqual(await settleAdded(lake, config, named('id', 'body')), []);
  assert.deepEqual(await look(named('id', 'body', 'junk')), ['junk']);
  assert.deepEqual(await look(named('id', 'body', 'good')), ['good']);
  await settleAdded(lake, config, undefined);
  assert.deepEqual(await look(named('id', 'body')), []);
  assert.deepEqual((await readAdded(lake))!.added, [{ column: 'good', name: 'good' }]);
});

test('a source that nobody has touched is not looked at again, and steps go by the last look', async (t) => {
  const { lake, look, looks } = await looked(t);
  await settleAdded(lake, config, named('id', 'body'));
  for (const token of ['1', '1', '2', '2']) await look(named('id', 'body', 'more'), token);
  assert.equal(looks(), 2);
  const step = await lookForAdded(lake, config, { token: '3', describe: undefined, acceptSchema: false });
  assert.deepEqual(step?.pending, [{ column: 'more', name: 'more' }]);
});

test('what comes after the look is told once it was judged', async (t) => {
  const { lake, look } = await looked(t);
  await settleAdded(lake, config, named('id', 'body'));
  await look(named('id', 'body', 'first'));
  const late = await settleAdded(lake, config, named('id', 'body', 'first', 'late'));
  assert.deepEqual(late, [{ column: 'late', name: 'late' }]);
  assert.deepEqual(await settleAdded(lake, config, named('id', 'body', 'first', 'late')), []);
});

test('more than fifty at once are another source, until they are accepted and passed over', async (t) => {
  const { lake, look } = await looked(t);
  await settleAdded(lake, config, named('id', 'body'));
  const many = named('id', 'body', ...Array.from({ length: 51 }, (_, i) => `c${i}`));
  await assert.rejects(look(many), { exitCode: 78, code: 'columns_added' });
  assert.deepEqual(await look(many, undefined, true), []);
  assert.deepEqual(await look([...many, { name: 'more' }]), ['more']);
  assert.equal((await look([...many.slice(0, 52)]))?.length, 0);
});
