import { textOf } from '../../python/node.ts';
import { type TracedCall, textOfConstant } from './call.ts';
import { lookUp, newEnv } from './env.ts';
import { evaluate } from './expression.ts';
import { columnOf } from './table.ts';
import type { Condition, Table } from './traced.ts';

const MAX_QUERY = 2_000;
/** Words of SQL that Python has in another form. */
const SQL: readonly (readonly [RegExp, string])[] = [
  [/\bIS\s+NOT\s+NULL\b/gi, 'is not None'],
  [/\bIS\s+NULL\b/gi, 'is None'],
  [/\bAND\b/gi, ' and '],
  [/\bOR\b/gi, ' or '],
  [/<>/g, '!='],
  [/(?<![<>=!])=(?!=)/g, '=='],
];

/**
 * `df.query("category == 'billing' and amount > 5")`, and the simple ones of Spark's `where("category = 'billing'")`: the
 * text is read as Python whose names are columns.
 */
export function conditionOfQuery(call: TracedCall, table: Table): Condition {
  const { node, trace, env } = call;
  const unknown: Condition = { op: 'other', node };
  const text = textOfConstant(call.argument('expr', 0));
  if (text === undefined || text.length > MAX_QUERY || /`/.test(text)) return unknown;
  const python = /^pyspark|^duckdb/.test(table.reading?.path ?? '') ? fromSql(text) : fromPandas(text);
  const tree =
    python === undefined ? undefined : trace.parse({ cell: node.source.cell, code: python.trim() });
  const [statement] = tree?.children ?? [];
  if (tree?.children.length !== 1 || statement?.type !== 'expression_statement') return unknown;
  const names = newEnv();
  const stack = [statement];
  for (let at = stack.pop(); at; at = stack.pop()) {
    stack.push(...[...at.children].reverse());
    if (at.type === 'ERROR') return unknown;
    if (at.type !== 'identifier' || at.field === 'attribute' || at.field === 'function') continue;
    const name = textOf(at);
    const outside = /^__at_(\w+)$/.exec(name)?.[1];
    const value = outside === undefined ? columnOf(table, name, node) : lookUp(env, outside);
    if (value) names.names.set(name, value);
  }
  const value = evaluate(statement.children[0], names, trace);
  return value.is === 'mask' ? value.condition : unknown;
}

/** `@limit` is a name of Python; an at-sign in a string is one. A text with an escape is not read. */
function fromPandas(text: string): string | undefined {
  const parts = text.split(/('[^'\\]*'|"[^"\\]*")/);
  if (parts.some((part, index) => index % 2 === 0 && /['"\\]/.test(part))) return undefined;
  return parts.map((part, index) => (index % 2 === 1 ? part : part.replace(/@(\w+)/g, '__at_$1'))).join('');
}

/** Strings keep what they say: a text with a quote in a quote is not read. */
function fromSql(text: string): string | undefined {
  const parts = text.split(/('[^'"\\]*'|"[^'"\\]*")/);
  if (parts.some((part, index) => index % 2 === 0 && /['"\\]/.test(part))) return undefined;
  if (
    parts.some(
      (part, index) =>
        index % 2 === 0 &&
        /\b(like|rlike|between|case|in|not)\b/i.test(part.replace(/is\s+not\s+null/gi, '')),
    )
  )
    return undefined;
  return parts
    .map((part, index) =>
      index % 2 === 1 ? part : SQL.reduce((done, [pattern, word]) => done.replace(pattern, word), part),
    )
    .join('');
}
