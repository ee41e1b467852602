import { createRequire } from 'node:module';
import type * as Cel from '@bufbuild/cel';
import { checkFilter } from './check.ts';
import { FilterError, type Position } from './errors.ts';
import type { Filter, FilterColumns } from './filter.ts';

/** The standard protobuf syntax tree of CEL (google/cel-spec, syntax.proto). */
export type CelExpr = ReturnType<typeof Cel.parse>['expr'];

/** Longer expressions are refused: lists of ids belong in a join. */
const MAX_CHARACTERS = 100_000;

const require = createRequire(import.meta.url);

/**
 * Reads a CEL expression and checks it against the columns.
 * Throws FilterError with a code, the position and a hint: bad syntax, an unknown column, types that cannot
 * be compared, or a part of CEL that has no meaning in every engine (regex, arithmetic, durations, macros).
 */
export function parseFilter(text: string, columns: FilterColumns): Filter {
  if (text.length > MAX_CHARACTERS) {
    throw tooLarge(`the expression has ${text.length} characters, more than ${MAX_CHARACTERS}`);
  }
  if (!text.isWellFormed()) {
    throw new FilterError(
      'filter_syntax',
      'the text has half of a surrogate pair',
      START,
      'Write the filter in valid Unicode.',
    );
  }
  try {
    // It is a tenth of the modules of a run, and most runs have no filter.
    const { parse } = require('@bufbuild/cel') as typeof Cel;
    const { expr, sourceInfo } = parse(text);
    return checkFilter(expr, columns, (id) => positionOf(text, sourceInfo?.positions[String(id)] ?? 0));
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge('the expression is nested too deeply', error);
    if (error instanceof FilterError) throw error;
    throw syntaxError(text, error as CelSyntaxError);
  }
}

const START: Position = { line: 1, column: 1 };

interface CelSyntaxError extends Error {
  rawMessage?: string;
  location?: { start: Position };
}

function syntaxError(text: string, error: CelSyntaxError): FilterError {
  const position = error.location?.start ?? START;
  const { message, hint } = explain(text, position, error.rawMessage ?? error.message);
  return new FilterError(
    'filter_syntax',
    message,
    { line: position.line, column: position.column },
    hint,
    error,
  );
}

/** The parser's message, or a plainer one for the slips that people make who come from SQL. */
function explain(text: string, at: Position, raw: string): { message: string; hint: string } {
  const rest = text.split('\n')[at.line - 1]?.slice(at.column - 1) ?? '';
  if (text.trim() === '') return { message: 'the expression is empty', hint: EXAMPLE };
  if (/^=(?!=)/.test(rest)) return { message: 'found a single =', hint: 'Write == to compare.' };
  if (/^(and|or|not)\b/i.test(rest)) {
    return { message: `found ${rest.split(/\W/)[0]}`, hint: 'Write && for and, || for or, ! for not.' };
  }
  if (/reserved identifier/.test(raw)) {
    return {
      message: `${rest.split(/\W/)[0]} is a reserved word of CEL`,
      hint: 'Give the attribute another name.',
    };
  }
  return { message: raw.replace(/ but expecting .*$/s, ' where it cannot stand'), hint: EXAMPLE };
}

const EXAMPLE = 'An example: category == "billing" && created_date >= timestamp("2024-01-01T00:00:00Z")';

function tooLarge(message: string, cause?: unknown): FilterError {
  return new FilterError(
    'filter_too_large',
    message,
    START,
    'Split the filter, or join with a table of values.',
    cause,
  );
}

/** Line and column of an offset; the parser counts the blanks before an operator as a part of it. */
function positionOf(text: string, offset: number): Position {
  const start = offset + (/^\s*/.exec(text.slice(offset))?.[0].length ?? 0);
  const lines = text.slice(0, start).split('\n');
  return { line: lines.length, column: lines.at(-1)!.length + 1 };
}
