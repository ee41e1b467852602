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
  addedNow,
  addedText,
  freshColumns,
  lookForAdded,
  lookToken,
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
  return {
    lake,
    looks: () => looks,
    /** As a run does it; gives its config, and what is new. */
    async look(now: SourceColumn[], { token, accept = false }: { token?: string; accept?: boolean } = {}) {
      const describe = async () => {
        looks++;
        return now;
      };
      const found = await lookForAdded(lake, config, {
        ...{ token, describe, goesBy: 'source', acceptSchema: accept },
      });
      if (found) await noteLook(lake, found);
      const pending = found?.pending.map(({ column }) => column);
      return { pending, config: found ? withAdded(config, found) : config };
    },
    async goingBy(goesBy: 'look' | 'settled') {
      const describe = () => assert.fail('it is not looked at');
      const look = { token: 'another', describe, goesBy, acceptSchema: false };
      return (await lookForAdded(lake, config, look))?.pending.map(({ column }) => column);
    },
  };
}

const OLD = named('id', 'body');

test('before the first run nothing is new; what a check refused leaves nothing behind', async (t) => {
  const { lake, look } = await looked(t);
  assert.equal((await look(OLD)).pending, undefined);
  assert.deepEqual(await settleAdded(lake, config, { now: OLD }), []);
  assert.deepEqual((await look([...OLD, { name: 'junk' }])).pending, ['junk']);
  const found = await look([...OLD, { name: 'good' }]);
  assert.deepEqual(found.pending, ['good']);
  await settleAdded(lake, found.config, { now: undefined });
  assert.deepEqual((await look(OLD)).pending, []);
  assert.deepEqual((await readAdded(lake))!.added, [{ column: 'good', name: 'good' }]);
});

test('a source that nobody has touched is not looked at again; steps go by the last look, and runs of a part by what was settled', async (t) => {
  const { lake, look, looks, goingBy } = await looked(t);
  await settleAdded(lake, config, { now: OLD, token: '0' });
  await look(OLD, { token: '0' });
  assert.equal(looks(), 0);
  for (const token of ['1', '1', '2', '2']) await look([...OLD, { name: 'more' }], { token });
  assert.equal(looks(), 2);
  assert.deepEqual(await goingBy('look'), ['more']);
  assert.deepEqual(await goingBy('settled'), []);
});

test('another setting of the source is another look', () => {
  const files = { files: [], token: 'same' };
  const mended = { ...config, source: { ...config.source, delimiter: ';' } };
  assert.notEqual(lookToken(config, files), lookToken(mended, files));
  assert.equal(lookToken(config, { ...files, token: undefined }), undefined);
});

test('what comes after the look is left to the next one', async (t) => {
  const { lake, look } = await looked(t);
  await settleAdded(lake, config, { now: OLD });
  const first = [...OLD, { name: 'first' }];
  const late = [...first, { name: 'late' }];
  const found = await look(first, { token: '1' });
  const told = await settleAdded(lake, found.config, { now: late, token: '1' });
  assert.deepEqual(told, [{ column: 'late', name: 'late' }]);
  assert.deepEqual((await readAdded(lake))!.added, [{ column: 'first', name: 'first' }]);
  assert.deepEqual((await look(late, { token: '1' })).pending, ['late']);
});

test('a check settles what its own tables have, and nothing that another run has seen', async (t) => {
  const { lake, look } = await looked(t);
  await settleAdded(lake, config, { now: OLD });
  const ours = await look(OLD);
  const theirs = await look([...OLD, { name: 'junk' }]);
  await settleAdded(lake, ours.config, { now: OLD });
  assert.deepEqual((await readAdded(lake))!.added, []);
  await settleAdded(lake, theirs.config, { now: OLD });
  assert.deepEqual((await readAdded(lake))!.added, [], 'it is gone again');
  await settleAdded(lake, theirs.config, { now: undefined });
  assert.equal((await readAdded(lake))!.added.length, 1);
});

test('more than fifty at once are another source, until they are accepted and passed over', async (t) => {
  const { lake, look } = await looked(t);
  await settleAdded(lake, config, { now: OLD });
  const many = [...OLD, ...Array.from({ length: 51 }, (_, i) => ({ name: `c${i}` }))];
  await assert.rejects(look(many), { exitCode: 78, code: 'columns_added' });
  assert.deepEqual((await look(many, { accept: true })).pending, []);
  const found = await look([...many, { name: 'more' }]);
  assert.deepEqual(found.pending, ['more']);
  const added = await addedNow(lake, found.config, [...many, { name: 'more' }]);
  assert.deepEqual([added.has('more'), added.has('c1')], [true, false]);
});
