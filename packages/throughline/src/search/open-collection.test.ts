/** An index that several processes of one machine serve at once, as replicas do. */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { createCollection, FIELDS } from './collection.ts';

const DIMENSION = 8;
const COUNT = 500;
/** Two hold the index open the longer part of a second each time; two open and close it all the while. */
const READERS = [
  { rounds: 2, questions: 200 },
  { rounds: 2, questions: 200 },
  { rounds: 30, questions: 1 },
  { rounds: 30, questions: 1 },
];

/** Answers of a reader: the same ones to every question, or an error. */
const PROGRAM = `
  import { openCollection } from ${JSON.stringify(import.meta.resolve('./open-collection.ts'))};
  import { zvecStore } from ${JSON.stringify(import.meta.resolve('./zvec-store.ts'))};
  const [path, rounds, questions] = [process.argv[2], ...process.argv.slice(3).map(Number)];
  const vector = Float32Array.from({ length: ${DIMENSION} }, (_, i) => Math.sin(i + 1));
  const answers = new Set();
  let open = false;
  for (let round = 0; round < rounds; round++) {
    await using store = zvecStore(await openCollection(path), []);
    if (!open) {
      open = true;
      process.send('open');
      await new Promise((resolve) => process.once('message', resolve));
    }
    for (let question = 0; question < questions; question++)
      answers.add(JSON.stringify([
        await store.keyword({ plain: 'fee ' + (question % 10) }, { limit: 5 }).then((found) => found.length),
        await store.nearest(vector, { limit: 5 }),
      ]));
  }
  process.send([...answers]);
  process.disconnect();
`;

test('processes that have one index open at once, and open and close it, all find the same', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-open-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'collection');
  const collection = createCollection(path, DIMENSION, []);
  collection.insertSync(
    Array.from({ length: COUNT }, (_, i) => ({
      id: `p${i}`,
      vectors: {
        [FIELDS.vector]: Float32Array.from({ length: DIMENSION }, (_, j) => Math.sin(i * DIMENSION + j)),
      },
      fields: {
        [FIELDS.text]: `a late fee ${i % 10}`,
        [FIELDS.record]: `r${i}`,
        [FIELDS.chunk]: 'all',
        [FIELDS.ordinal]: 0,
      },
    })),
  );
  collection.optimizeSync();
  collection.closeSync();
  const program = join(folder, 'reader.mts');
  await writeFile(program, PROGRAM);

  const readers = READERS.map(({ rounds, questions }) => {
    const child = fork(program, [path, String(rounds), String(questions)]);
    t.after(() => child.kill());
    return { child, ended: once(child, 'close') };
  });
  // All of them have it open before the first one asks.
  for (const said of await Promise.all(readers.map(({ child }) => once(child, 'message'))))
    assert.deepEqual(said, ['open', undefined]);
  const answers = readers.map(({ child }) => once(child, 'message'));
  for (const { child } of readers) child.send('ask');
  const [first, ...others] = (await Promise.all(answers)).map(([message]) => message as string[]);
  assert.equal(first!.length, 1, 'an index that others open answers as before');
  assert.ok(JSON.parse(first![0]!)[1].length === 5);
  for (const other of others) assert.deepEqual(other, first);
  for (const [code] of await Promise.all(readers.map(({ ended }) => ended))) assert.equal(code, 0);
});
