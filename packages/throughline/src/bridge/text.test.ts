/** A text as DuckDB and as Python make it: both must be what the notebook says. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import test from 'node:test';
import { quoteLiteral } from '@throughline/delta';
import type { Formula, FunctionSource } from '@throughline/notebook-lint';
import { openSession } from '../engine/local/session.ts';
import { pythonOfText } from './python-text.ts';
import { sqlOfText } from './sql-text.ts';

const title: Formula = { op: 'column', name: 'Title' };
const body: Formula = { op: 'column', name: 'the body' };
const literal = (value: string): Formula => ({ op: 'literal', value });
const method = (name: string, of: Formula, args: string[] = [], regex = false): Formula => ({
  ...{ op: 'method', name, of, args, regex },
});

const ROW = { Title: "It's a \\ test", 'the body': 'Zoë paid\n12 €, \u{1f600} twice ' };

const CASES: readonly (readonly [formula: Formula, text: string, sql?: false])[] = [
  [
    { op: 'concat', parts: [literal('Title: '), title, literal(';\nBody: \'"\\ '), body] },
    `Title: ${ROW.Title};\nBody: '"\\ ${ROW['the body']}`,
  ],
  [method('replace', body, ['\n', ' ']), 'Zoë paid 12 €, \u{1f600} twice '],
  [method('replace', title, ["'", '']), 'Its a \\ test'],
  [{ op: 'slice', of: body, start: undefined, end: 15 }, 'Zoë paid\n12 €, '],
  [{ op: 'slice', of: body, start: undefined, end: 16 }, 'Zoë paid\n12 €, \u{1f600}'],
  [{ op: 'fill', of: { op: 'column', name: 'empty' }, value: 'nothing' }, 'nothing'],
  [{ op: 'text', of: title }, ROW.Title],
  [method('upper', body), 'ZOË PAID\n12 €, \u{1f600} TWICE ', false],
  [method('strip', body), 'Zoë paid\n12 €, \u{1f600} twice', false],
  [method('replace', body, ['\\d+', '#'], true), 'Zoë paid\n# €, \u{1f600} twice ', false],
  [{ op: 'slice', of: body, start: -6, end: undefined }, 'twice ', false],
];

test('SQL makes the text that Python makes, or nothing', async () => {
  await using session = await openSession();
  const cells = `SELECT ${quoteLiteral(ROW.Title)} AS "Title", ${quoteLiteral(ROW['the body'])} AS "the body", NULL::VARCHAR AS empty`;
  for (const [formula, text, isSql] of CASES) {
    const sql = sqlOfText(formula);
    assert.equal(sql !== undefined, isSql !== false, JSON.stringify(formula));
    if (sql === undefined) continue;
    const [row] = await session.query(`SELECT ${sql} AS made FROM (${cells})`);
    assert.equal(row!.made, text, sql);
  }
});

test('Python makes it, too', () => {
  const expressions = CASES.map(([formula]) => pythonOfText(formula, [])!.expression);
  const code = `import json, re\nrow = json.loads(${JSON.stringify(JSON.stringify({ ...ROW, empty: null }))})\nprint(json.dumps([${expressions.join(', ')}]))`;
  const made = JSON.parse(execFileSync('python3', ['-c', code], { encoding: 'utf8' }));
  assert.deepEqual(
    made,
    CASES.map(([, text]) => text),
  );
});

test('what is not understood is neither', () => {
  const unknown: Formula = { op: 'concat', parts: [title, { op: 'other', source: 'f(x)', of: [body] }] };
  assert.equal(sqlOfText(unknown), undefined);
  assert.equal(pythonOfText(unknown, []), undefined);
  assert.equal(sqlOfText(method('replace', title, ['', 'x'])), undefined);
});

test('a function of a row gets it in the form that it uses', () => {
  const call: Formula = { op: 'call', name: 'join', of: title, inner: undefined, ofRow: true };
  const source = (text: string) => [{ name: 'join', source: text } as FunctionSource];
  assert.equal(
    pythonOfText(call, source('def join(r):\n    return r["Title"]'))!.expression,
    'notebook.join(row)',
  );
  assert.equal(
    pythonOfText(call, source('lambda r: r.Title'))!.expression,
    'notebook.join(SimpleNamespace(**row))',
  );
  assert.equal(pythonOfText(call, source('lambda r: r.Title + r["body"]')), undefined);
});

test('a function is given the literals that the notebook gives it', () => {
  const args = [
    { name: undefined, value: false },
    { name: 'end', value: '!"' },
    { name: 'size', value: null },
  ];
  const call: Formula = { op: 'call', name: 'f', of: title, inner: undefined, ofRow: false, args };
  assert.equal(pythonOfText(call, [])!.expression, 'notebook.f(row["Title"], False, end="!\\"", size=None)');
});
