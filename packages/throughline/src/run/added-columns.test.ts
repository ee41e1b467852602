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
const NONE = { before: [], added: [] };
const SENT = { column: 'Sent At', name: 'sent_at' };

test('new is what was neither there before, nor mapped, nor added', () => {
  const kept = { before: ['id', 'body', 'seen'], added: [{ column: 'old', name: 'old' }, SENT] };
  const now = named('id', 'body', 'Kind', 'seen', 'old', 'Sent At', 'more', 'text');
  assert.deepEqual(freshColumns(config, kept, now), [{ column: 'more', name: 'more' }]);
});

test('an attribute has no name that means something already, nor a longer one than an index has', () => {
  const long = 'How satisfied were you with our answer';
  const now = named('Text!', 'Body!', 'Date?', 'KIND 2', 'kind-2', 'id.', long, `${long} today`, 'a', 'A_');
  const fresh = freshColumns(config, NONE, now);
  assert.deepEqual(
    fresh.map(({ name }) => name),
    [
      ...['text_2', 'body_2', 'date_2', 'kind_2', 'kind_2_2', 'id_2'],
      ...['how_satisfied_were_you_with_ou', 'how_satisfied_were_you_with_2', 'a', 'a_2'],
    ],
  );
  assert.ok(fresh.every(({ name }) => name.length <= 30));
  assert.match(addedText(fresh, 'now'), /attributes now: text_2 \("Text!"\), body_2 \("Body!"\)/);
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
  const { attributes } = mappingOf(withAdded(config, [SENT, kind]).source);
  assert.deepEqual(attributes, [
    { name: 'kind', column: 'Kind', type: 'string' },
    { name: 'sent_at', column: 'Sent At', type: 'string', optional: true },
  ]);
  const taken = withAdded(config, [{ column: 'kind!', name: 'kind' }]);
  assert.equal(mappingOf(taken.source).attributes[1]!.name, 'kind_2');
  assert.equal(withAdded(config, []), config);
});

/** A lake, and runs of its pipeline of which each looks at a source with these columns. */
async function looked(t: TestContext) {
  const root = await mkdtemp(join(tmpdir(), 'throughline-added-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  const lake = await openLake(root, 't', () => 'pipeline');
  let looks = 0;
  const look = async (now: SourceColumn[], { token, accept = false }: LookOptions = {}) => {
    const describe = async () => {
      looks++;
      return now;
    };
    return await lookForAdded(lake, config, { token, describe, goesBy: 'source', acceptSchema: accept });
  };
  return {
    lake,
    look,
    looks: () => looks,
    pending: async (now: SourceColumn[], options?: LookOptions) =>
      (await look(now, options))?.pending.map(({ column }) => column),
    /** A run whose checks pass, with what it reads in the end; gives what came too late for it. */
    async run(now: SourceColumn[], { read = now, token }: { read?: SourceColumn[]; token?: string } = {}) {
      const found = await look(now, token === undefined ? {} : { token });
      const mapped = found ? withAdded(config, [...found.added, ...found.pending]) : config;
      return await settleAdded(lake, mapped, { looked: found, now: read, token });
    },
    added: async () => (await readAdded(lake))!.added.map(({ column }) => column),
  };
}

interface LookOptions {
  token?: string;
  accept?: boolean;
}

const OLD = named('id', 'body');
const MORE = [...OLD, { name: 'more' }];

test('before the first run nothing is new; what no check has passed leaves nothing behind', async (t) => {
  const { look, pending, run, added } = await looked(t);
  assert.equal(await look(MORE), undefined);
  assert.deepEqual(await run(OLD), []);
  assert.deepEqual(await pending([...OLD, { name: 'junk' }]), ['junk']);
  assert.deepEqual(await pending(MORE), ['more']);
  await run(MORE);
  assert.deepEqual([await added(), await pending(OLD)], [['more'], []]);
});

test('a source that nobody has touched since a run passed is not looked at again', async (t) => {
  const { looks, pending, run } = await looked(t);
  await run(OLD, { token: '1' });
  await run(OLD, { token: '1' });
  assert.equal(looks(), 0);
  await pending(MORE, { token: '2' });
  await run(MORE, { token: '2' });
  await run(MORE, { token: '2' });
  assert.equal(looks(), 2);
});

test('runs of a part, and steps, go by what is settled', async (t) => {
  const { lake, run, pending } = await looked(t);
  await run(OLD);
  await pending(MORE);
  const describe = () => assert.fail('it is not looked at');
  const part = await lookForAdded(lake, config, {
    ...{ token: '3', describe, goesBy: 'settled', acceptSchema: false },
  });
  assert.deepEqual(part?.pending, []);
  const late = await settleAdded(lake, config, { looked: part, now: MORE });
  assert.deepEqual(late, [{ column: 'more', name: 'more' }]);
  assert.deepEqual(await pending(MORE), ['more']);
});

test('another setting of the source is another look', () => {
  const files = { files: [], token: 'same' };
  for (const change of [{ delimiter: ';' as const }, { attributes: [] }]) {
    const changed = { ...config, source: { ...config.source, ...change } };
    assert.notEqual(lookToken(config, files), lookToken(changed, files));
  }
  assert.equal(lookToken(config, { ...files, token: undefined }), undefined);
});

test('what comes after the look is left to the next one', async (t) => {
  const { run, added, pending } = await looked(t);
  await run(OLD);
  const late = [...MORE, { name: 'late' }];
  assert.deepEqual(await run(MORE, { read: late, token: '1' }), [{ column: 'late', name: 'late' }]);
  assert.deepEqual([await added(), await pending(late, { token: '1' })], [['more'], ['late']]);
});

test('two runs at once lose nothing', async (t) => {
  const { lake, look, run, added } = await looked(t);
  await run(OLD);
  const [one, other] = [await look(MORE), await look([...OLD, { name: 'other' }])];
  await settleAdded(lake, config, { looked: one, now: undefined });
  await settleAdded(lake, config, { looked: other, now: undefined });
  assert.deepEqual(await added(), ['more', 'other']);
});

test('more than fifty at once are another source, until they are accepted and passed over', async (t) => {
  const { lake, look, pending, run } = await looked(t);
  await run(OLD);
  const many = [...OLD, ...Array.from({ length: 51 }, (_, i) => ({ name: `c${i}` }))];
  await assert.rejects(look(many), { exitCode: 78, code: 'columns_added' });
  const accepted = await look(many, { accept: true });
  assert.deepEqual(accepted?.pending, []);
  await settleAdded(lake, config, { looked: accepted, now: many });
  assert.deepEqual(await pending([...many, { name: 'more' }]), ['more']);
  const added = await addedNow(lake, config, [...many, { name: 'more' }]);
  assert.deepEqual([added.has('more'), added.has('c1')], [true, false]);
});
