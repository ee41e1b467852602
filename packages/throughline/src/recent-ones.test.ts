import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recentOnes } from './recent-ones.ts';

test('what several ask for at once is made once, and what was asked for longest ago is forgotten', async () => {
  const recent = recentOnes<string>(2);
  const made: string[] = [];
  const get = (name: string) => recent.get(name, async () => `${name}${made.push(name)}`);
  assert.deepEqual(await Promise.all([get('a'), get('a')]), ['a1', 'a1']);
  await get('b');
  await get('a');
  await get('c');
  assert.equal(await get('a'), 'a1');
  await get('b');
  assert.deepEqual(made, ['a', 'b', 'c', 'b']);
  assert.deepEqual(recent.counts, { hits: 3, misses: 4 });
});

test('a failure is told to all who wait for it, and tried again by the next', async () => {
  const recent = recentOnes<number>(2);
  let tries = 0;
  const get = () =>
    recent.get('a', async () => {
      if (++tries === 1) throw new Error('no');
      return tries;
    });
  const both = await Promise.allSettled([get(), get()]);
  assert.deepEqual(
    both.map(({ status }) => status),
    ['rejected', 'rejected'],
  );
  assert.equal(await get(), 2);
});
