import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Load, openGate, type Pass } from './gate.ts';

const loads = fc.constantFrom<Load>('well', 'overload', 'unknown');
const steps = fc.array(fc.oneof(fc.constant('enter' as const), fc.tuple(fc.nat(), loads)), {
  maxLength: 300,
});

test('there are never more inside than its limit when one enters, and the limit stays in its bounds', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 40 }),
      steps,
      (start, most, list) => {
        const gate = openGate({ start, most });
        const inside: Pass[] = [];
        for (const step of list) {
          if (step === 'enter') {
            assert.equal(gate.isFull, inside.length >= gate.limit);
            if (gate.isFull) assert.throws(() => gate.enter(), /full/);
            else inside.push(gate.enter());
          } else if (inside.length > 0) inside.splice(step[0] % inside.length, 1)[0]!.leave(step[1]);
          assert.ok(gate.limit >= 1 && gate.limit <= most);
        }
      },
    ),
  );
});

test('one more after as many successes as its limit, at full use', () => {
  const gate = openGate({ start: 2, most: 10 });
  const [a, b] = [gate.enter(), gate.enter()];
  a.leave('well');
  const c = gate.enter();
  b.leave('well');
  assert.equal(gate.limit, 3);
  c.leave('well');
});

test('successes of few say nothing of many: it does not grow unless it is full', () => {
  const gate = openGate({ start: 4, most: 10 });
  for (let i = 0; i < 100; i++) gate.enter().leave('well');
  assert.equal(gate.limit, 4);
});

test('those who were overloaded together halve it once', () => {
  const told: number[] = [];
  const gate = openGate({ start: 8, most: 10 }, (limit) => told.push(limit));
  const together = Array.from({ length: 8 }, () => gate.enter());
  for (const pass of together) pass.leave('overload');
  assert.equal(gate.limit, 4);
  gate.enter().leave('overload');
  assert.deepEqual(told, [4, 2]);
});

test('one who leaves twice has left once', () => {
  const gate = openGate({ start: 1, most: 1 });
  const pass = gate.enter();
  pass.leave('well');
  pass.leave('overload');
  gate.enter();
  assert.ok(gate.isFull);
});
