import { isInterpolated, stringText } from '../../python/call.ts';
import { type SyntaxNode, textOf } from '../../python/node.ts';
import { concatenated, exprOf, other } from './expr.ts';
import { evaluate } from './expression.ts';
import { cells } from './table.ts';
import type { Trace } from './trace.ts';
import { type Env, NOTHING, type Traced } from './traced.ts';

export function stringOf(node: SyntaxNode, env: Env, trace: Trace): Traced {
  if (node.type === 'concatenated_string')
    return joined(
      node,
      node.children.map((part) => evaluate(part, env, trace)),
    );
  if (!isInterpolated(node)) return constant(unescaped(node));
  const parts = node.children.flatMap((part): Traced[] => {
    if (part.type === 'string_content')
      return [constant(unescapedText(textOf(part)).replaceAll('{{', '{').replaceAll('}}', '}'))];
    if (part.type !== 'interpolation') return [];
    const plain = part.children.length === 1;
    const value = evaluate(part.children[0], env, trace);
    return [plain || value.is !== 'cells' ? value : { ...value, expr: other(part, [value.expr]) }];
  });
  return joined(node, parts, true);
}

/** A text that is put together: known where all parts are literals, else made of cells. */
export function joined(node: SyntaxNode, parts: readonly Traced[], asText = false): Traced {
  if (parts.every((part) => part.is === 'constant'))
    return constant(parts.map(({ value }) => String(value)).join(''));
  const of = parts.find((part) => part.is === 'cells');
  if (!of) return NOTHING;
  const exprs = parts.map((part) => {
    const expr = exprOf(part);
    return expr && asText && expr.op === 'column' ? ({ op: 'text', of: expr } as const) : expr;
  });
  return cells(of.table, concatenated(node, exprs), of.many);
}

function unescaped(node: SyntaxNode): string {
  const raw = /^[a-z]*r[a-z]*["']/i.test(textOf(node));
  const text = stringText(node) ?? '';
  return raw ? text : unescapedText(text);
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '0': '\0',
};

function unescapedText(text: string): string {
  return text.replace(/\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[ntr\\'"0]|\n)/g, (_, code: string) => {
    if (code === '\n') return '';
    return ESCAPES[code] ?? String.fromCharCode(Number.parseInt(code.slice(1), 16));
  });
}

function constant(value: string): Traced {
  return { is: 'constant', value };
}
