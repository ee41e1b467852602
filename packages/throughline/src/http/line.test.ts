import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { virtualTime } from '../../test/virtual-time.ts';
import { openLine } from './line.ts';

const AT_NEXT_LOOK = Number.POSITIVE_INFINITY;

/** A line before a door with so many places. */
function door(places: number) {
  const time = virtualTime();
  const line = openLine(time);
  const entered: number[] = [];
  const enter = (ticket: number, signal?: AbortSignal) => {
    const ask = () => {
      if (places === 0) return AT_NEXT_LOOK;
      places--;
      entered.push(ticket);
      return 0;
    };
    return line.wait(ticket, ask, signal);
  };
  const free = () => {
    places++;
    line.look();
  };
  return { time, line, entered, enter, free };
}

test('one after the other in the order of their tickets, whenever they come', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(fc.nat(100), { maxLength: 20 }), async (tickets) => {
      const { entered, enter, free } = door(0);
      const all = tickets.map((ticket) => enter(ticket));
      for (const _ of tickets) free();
      await Promise.all(all);
      assert.deepEqual(
        entered,
        tickets.toSorted((a, b) => a - b),
      );
    }),
  );
});

test('the first is asked again when its time has come, and nobody overtakes it', async () => {
  const time = virtualTime();
  const line = openLine(time);
  const order: string[] = [];
  const slow = line.wait(1, () => {
    order.push(`slow at ${time.now()}`);
    return Math.max(0, 500 - time.now());
  });
  const quick = line.wait(2, () => {
    order.push('quick');
    return 0;
  });
  await time.run(Promise.all([slow, quick]));
  assert.deepEqual(order, ['slow at 0', 'slow at 500', 'quick']);
  assert.equal(time.timers(), 0);
});

test('an abort takes one out of the line, with its reason, and the next is asked', async () => {
  const { entered, enter, free } = door(0);
  const controller = new AbortController();
  const first = enter(1, controller.signal);
  const second = enter(2);
  controller.abort(new Error('enough'));
  await assert.rejects(first, /enough/);
  free();
  await second;
  assert.deepEqual(entered, [2]);
});

test('when the last one is gone, no timer is left', async () => {
  const time = virtualTime();
  const line = openLine(time);
  const controller = new AbortController();
  const waiting = line.wait(1, () => 10_000, controller.signal);
  assert.equal(time.timers(), 1);
  controller.abort(new Error('enough'));
  await assert.rejects(waiting, /enough/);
  await new Promise(setImmediate);
  assert.equal(time.timers(), 0);
});

test('one that was aborted before it came is not asked', async () => {
  const { entered, enter } = door(5);
  await assert.rejects(enter(1, AbortSignal.abort(new Error('too late'))), /too late/);
  assert.deepEqual(entered, []);
});

test('what asking throws is of the one who asked alone', async () => {
  const { entered, enter, free, line } = door(0);
  const refused = line.wait(1, () => {
    throw new Error('no');
  });
  const other = enter(2);
  await assert.rejects(refused, /no/);
  free();
  await other;
  assert.deepEqual(entered, [2]);
});

test('all can be sent away', async () => {
  const { enter, line } = door(0);
  const all = [enter(1), enter(2)];
  line.dissolve(new Error('closed'));
  for (const each of all) await assert.rejects(each, /closed/);
});

test('asking may make others look, and asks nobody twice for it', async () => {
  const time = virtualTime();
  const line = openLine(time);
  let asked = 0;
  const ask = () => {
    line.look();
    return asked++ === 0 ? 5 : 0;
  };
  await time.run(line.wait(1, ask));
  assert.equal(asked, 2);
});
