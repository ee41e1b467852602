import type { Formula } from '@throughline/notebook-lint';

class NotExact extends Error {}

/**
 * A text as SQL that DuckDB and Spark have in common, or undefined where SQL does not say exactly what Python does:
 * case and white space of other scripts, regular expressions, functions of the notebook that do more.
 */
export function sqlOfText(formula: Formula): string | undefined {
  try {
    return sql(formula);
  } catch (error) {
    if (error instanceof NotExact) return undefined;
    throw error;
  }
}

function sql(at: Formula): string {
  switch (at.op) {
    case 'column':
      return identifier(at.name);
    case 'literal':
      return text(at.value);
    case 'concat':
      return at.parts.map(sql).join(' || ');
    case 'text':
      return sql(at.of);
    case 'fill': {
      const of = sql(at.of);
      return at.value === ''
        ? `coalesce(${of}, '')`
        : `CASE WHEN coalesce(${of}, '') = '' THEN ${text(at.value)} ELSE ${of} END`;
    }
    case 'slice':
      if ((at.start ?? 0) !== 0 || at.end === undefined || at.end < 0) throw new NotExact();
      return `substr(${sql(at.of)}, 1, ${at.end})`;
    case 'method':
      return method(at);
    case 'call':
      if (!at.inner) throw new NotExact();
      return sql(at.inner);
    default:
      throw new NotExact();
  }
}

function method({ name, of, args, regex }: Extract<Formula, { op: 'method' }>): string {
  const [from, to] = args;
  // With nothing to look for, Python puts the text between all characters.
  if (name !== 'replace' || regex || typeof from !== 'string' || typeof to !== 'string' || from === '')
    throw new NotExact();
  return `replace(${sql(of)}, ${text(from)}, ${text(to)})`;
}

const WORDS = new Set(
  'all and any as asc at between by case cast check column create cross current_date default desc distinct do else end except exists false fetch for foreign from full grant group having in inner insert interval into is join leading left like limit not null offset on only or order outer primary references right select set some table then time timestamp to true union unique update user using values view when where window with'.split(
    ' ',
  ),
);

/** Quoted where it has to be, as DuckDB does. */
export function identifier(name: string): string {
  const plain = /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !WORDS.has(name.toLowerCase());
  return plain ? name : `"${name.replaceAll('"', '""')}"`;
}

/** Control characters by their number, and no backslash: engines read it differently within quotes. */
function text(value: string): string {
  if (value === '') return "''";
  const parts = value.split(/([\n\r\t\\])/).filter((part) => part !== '');
  const printed = parts.map((part) =>
    /^[\n\r\t\\]$/.test(part) ? `chr(${part.charCodeAt(0)})` : `'${part.replaceAll("'", "''")}'`,
  );
  if (parts.some((part) => /[\p{Cc}]/u.test(part) && !/^[\n\r\t]$/.test(part))) throw new NotExact();
  return printed.length === 1 ? printed[0]! : `(${printed.join(' || ')})`;
}
