import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BudgetError } from './errors.ts';
import { openSpending } from './spending.ts';

test('what is under way counts: many at once do not overdraw', () => {
  const spending = openSpending({ requests: 2 });
  spending.reserve(0);
  spending.check(0);
  spending.reserve(0);
  assert.throws(() => spending.check(0), BudgetError);
});

test('money is tokens times price', () => {
  const spending = openSpending({ money: 1, pricePerMillionTokens: 2 });
  spending.reserve(400_000);
  assert.equal(spending.money, 0.8);
  spending.check(100_000);
  assert.throws(() => spending.check(100_001), /budget of 1 of money is used up \(0.8\)/);
});

test('a request that came to nothing costs no tokens, and is a request', () => {
  const spending = openSpending({ tokens: 100, requests: 3 });
  spending.reserve(100);
  spending.settle(100, 0);
  spending.check(100);
  assert.deepEqual([spending.requests, spending.tokens], [1, 0]);
});

test('if the server counts what was estimated or less, the budget is never exceeded', () => {
  const request = fc.tuple(fc.integer({ min: 0, max: 500 }), fc.double({ min: 0, max: 1, noNaN: true }));
  fc.assert(
    fc.property(fc.array(request), fc.integer({ min: 1, max: 5000 }), (list, tokens) => {
      const spending = openSpending({ tokens });
      for (const [wanted, part] of list) {
        try {
          spending.check(wanted);
        } catch {
          continue;
        }
        spending.reserve(wanted);
        assert.ok(spending.tokens <= tokens);
        spending.settle(wanted, Math.floor(wanted * part));
      }
    }),
  );
});
