import assert from 'node:assert/strict';
import test from 'node:test';
import type { Formula, Test } from '@throughline/notebook-lint';
import { parseFilter } from '../filter/index.ts';
import { celOf } from './cel.ts';

const column = (name: string): Formula => ({ op: 'column', name });
const a = column('a');
const when = column('when');
const closed = column('closed');
const filled: Formula = { op: 'fill', of: a, value: '' };
const compare = (
  left: Formula,
  is: '==' | '!=' | '<' | '>' | '>=',
  right: string | number | boolean,
): Test => ({
  ...{ op: 'compare', left, is, right },
});

const CASES: readonly (readonly [test: Test, pandas: string | undefined, spark?: string | undefined])[] = [
  [compare(a, '==', 'x'), 'a == "x"'],
  [compare(a, '==', 'say "x"\n'), 'a == "say \\"x\\"\\n"'],
  [compare(a, '!=', 'x'), 'a != "x"', 'has(a) && a != "x"'],
  [compare(a, '>', 1), 'a > 1.0'],
  [compare(a, '>', 1.5), 'a > 1.5'],
  [compare(a, '==', true), 'a == true'],
  [compare(a, '!=', ''), 'a != ""', 'has(a) && a != ""'],
  [compare(a, '==', ''), 'a == ""'],
  [compare({ op: 'size', of: a }, '>', 20), 'size(a) > 20'],
  [compare({ op: 'size', of: a }, '>', 2.5), undefined],
  [compare(when, '>=', '2024-01-01'), 'when >= timestamp("2024-01-01T00:00:00Z")'],
  [
    compare({ op: 'time', of: when, format: undefined }, '<', '2024-01-01 10:30'),
    'when < timestamp("2024-01-01T10:30:00Z")',
  ],
  [compare(when, '>=', 'January 2024'), undefined],
  [compare(closed, '>=', '2024-01-01'), undefined],
  [compare({ op: 'time', of: closed, format: '%m/%d/%Y' }, '>=', '2024-01-01'), undefined],
  [compare({ op: 'time', of: a, format: undefined }, '>=', '2024-01-01'), undefined],
  [{ op: 'has', left: closed }, 'has(closed)'],
  [compare(a, '>', 1e21), 'a > 1e+21'],
  [compare(a, '<', 1e-9), 'a < 1e-9'],
  [compare(a, '==', -5), 'a == -5.0'],
  [compare(a, '<', Number.POSITIVE_INFINITY), undefined],
  [{ op: 'in', left: a, values: ['x', 'y'] }, 'a in ["x", "y"]'],
  [{ op: 'in', left: a, values: [1, 2] }, 'a in [1.0, 2.0]'],
  [{ op: 'has', left: a }, 'has(a)'],
  [{ op: 'not', of: { op: 'has', left: a } }, '!has(a)'],
  [{ op: 'not', of: { op: 'in', left: a, values: ['x'] } }, '!(a in ["x"])', undefined],
  [{ op: 'text', is: 'contains', left: a, text: 'fee' }, 'a.contains("fee")'],
  [
    {
      op: 'and',
      of: [
        compare(a, '==', 'x'),
        { op: 'or', of: [{ op: 'has', left: column('b') }, compare(column('b'), '==', 'y')] },
      ],
    },
    'a == "x" && (has(b) || b == "y")',
  ],
  [{ op: 'and', of: [compare(a, '==', 'x'), compare(a, '>', 1)] }, undefined],
  [{ op: 'other', source: 'df.a.apply(f)' }, undefined],
  [compare(filled, '==', 'x'), 'a == "x"'],
  [compare(filled, '!=', ''), 'has(a) && a != ""'],
  [compare(filled, '==', ''), '(!has(a) || a == "")'],
  [compare(filled, '<', 'x'), undefined],
  [{ op: 'has', left: filled }, undefined],
  [compare({ op: 'size', of: filled }, '<', 5), undefined],
  [{ op: 'and', of: [compare(a, '==', 'x'), { op: 'other', source: 'f' }] }, undefined],
  [compare({ op: 'method', name: 'lower', of: a, args: [], regex: false }, '==', 'x'), undefined],
];

for (const [condition, pandas, ...others] of CASES)
  test(`CEL of ${JSON.stringify(condition).slice(0, 100)}`, () => {
    const columnOf = (name: string) => ({
      ...{ name, isTime: name === 'when', isOtherTime: name === 'closed' },
    });
    const result = celOf(condition, columnOf, 'pandas');
    assert.equal(result?.cel, pandas);
    assert.equal(celOf(condition, columnOf, 'spark')?.cel, others.length === 0 ? pandas : others[0]);
    if (!result) return;
    const typeOf = (name: string) => result.types.get(name) ?? (name === 'when' ? 'timestamp' : 'string');
    parseFilter(result.cel, { a: typeOf('a'), b: typeOf('b'), when: typeOf('when'), closed: 'string' });
  });
