import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as later } from 'node:timers/promises';
import { inTurn } from './in-turn.ts';

test('work on one file waits for the work before it, also for one that fails; work on another does not', async () => {
  const log: string[] = [];
  const work = (name: string) => async () => {
    log.push(`${name} begins`);
    await later();
    log.push(`${name} ends`);
    if (name === 'bad') throw new Error('full disk');
    return name;
  };
  const bad = inTurn('file', work('bad'));
  const good = inTurn('file', work('good'));
  const other = inTurn('other', work('other'));
  await assert.rejects(bad, /full disk/);
  assert.deepEqual(await Promise.all([good, other]), ['good', 'other']);
  const of = (file: RegExp) => log.filter((line) => file.test(line));
  assert.deepEqual(of(/bad|good/), ['bad begins', 'bad ends', 'good begins', 'good ends']);
  assert.ok(log.indexOf('other begins') < log.indexOf('bad ends'));
});
