/**
 * Spark 4.1 hands parameters to the parser, and a parser that an extension puts in between drops them unless it knows
 * of this: Delta Lake's up to 4.3 and others do not, and every query with parameters fails with UNBOUND_SQL_PARAMETER
 * (SPARK-59672, delta-io/delta#7640). For such a server the markers are replaced here, as Spark itself does it: where
 * they are markers, by literals from which no value can break out.
 */
import { type Literal, type Parameter, typed } from './literal.ts';
import { sqlLiteral } from './sql-literal.ts';

/** `query` with `:name` replaced for every name in `parameters`; text, quoted names and comments stay as they are. */
export function bindParameters(query: string, parameters: Readonly<Record<string, Parameter>>): string {
  const literals = new Map(Object.entries(parameters).map(([name, value]) => [name, typed(value)]));
  return query.replace(TOKEN, (token) => replacement(token, literals));
}

function replacement(token: string, literals: ReadonlyMap<string, Literal>): string {
  const literal = token.startsWith(':') ? literals.get(token.slice(1)) : undefined;
  return literal === undefined ? token : ` ${sqlLiteral(literal)} `;
}

/** What is passed over whole, and the markers. `::` is a cast; a bracketed comment can hold others. */
const TOKEN = new RegExp(
  [
    String.raw`(?<![\w$])[rR]'[^']*'`,
    String.raw`(?<![\w$])[rR]"[^"]*"`,
    String.raw`'(?:[^'\\]|\\[\s\S]|'')*'`,
    String.raw`"(?:[^"\\]|\\[\s\S]|"")*"`,
    '`(?:[^`]|``)*`',
    String.raw`--(?:\\\n|[^\r\n])*`,
    nestedComment(8),
    '::',
    String.raw`:[A-Za-z_]\w*`,
  ].join('|'),
  'g',
);

/** Bracketed comments up to `depth` in each other; one that is not closed reaches to the end. */
function nestedComment(depth: number): string {
  const inner = depth === 0 ? '' : `|${nestedComment(depth - 1)}`;
  return String.raw`\/\*(?:(?!\/\*|\*\/)[\s\S]${inner})*(?:\*\/|$)`;
}
