import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { openAdmission } from './admission.ts';

test('what is more than the queue holds is turned away at once, and the rest is done in turn', async () => {
  const admission = openAdmission({ running: 1, waiting: 1 });
  const { promise, resolve } = Promise.withResolvers<string>();
  const first = admission.admit(() => promise);
  const done: string[] = [];
  const second = admission.admit(async () => done.push('second'));
  await assert.rejects(
    admission.admit(async () => done.push('third')),
    { code: 'overloaded' },
  );
  assert.deepEqual([admission.running, admission.waiting], [1, 1]);
  resolve('first');
  assert.equal(await first, 'first');
  await second;
  assert.deepEqual(done, ['second']);
  assert.deepEqual([admission.running, admission.waiting], [0, 0]);
});

test('who gives up while waiting leaves the queue', async () => {
  const admission = openAdmission({ running: 1, waiting: 1 });
  const { promise, resolve } = Promise.withResolvers<void>();
  const first = admission.admit(() => promise);
  const gone = new AbortController();
  const second = admission.admit(async () => assert.fail('it had left'), gone.signal);
  gone.abort(new Error('gone'));
  await assert.rejects(second, /gone/);
  assert.equal(admission.waiting, 0);
  resolve();
  await first;
  assert.equal(await admission.admit(async () => 'next'), 'next');
});

test('never more at once than allowed, and everything that was let in is done', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 0, max: 5 }),
      fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.boolean()), { maxLength: 20 }),
      async (running, waiting, jobs) => {
        const admission = openAdmission({ running, waiting });
        let [now, most, done] = [0, 0, 0];
        const results = await Promise.allSettled(
          jobs.map(([turns, fails]) =>
            admission.admit(async () => {
              most = Math.max(most, ++now);
              for (let i = 0; i < turns; i++) await Promise.resolve();
              now--;
              done++;
              if (fails) throw new Error('failed');
            }),
          ),
        );
        assert.ok(most <= running);
        const turnedAway = results.filter(
          (one) => one.status === 'rejected' && one.reason.code === 'overloaded',
        );
        assert.equal(done + turnedAway.length, jobs.length);
        assert.deepEqual([admission.running, admission.waiting], [0, 0]);
      },
    ),
  );
});
