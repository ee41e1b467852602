/** Column names of a CSV file. DuckDB's own detection guesses dialects and types; here nothing is guessed. */
import { EXIT, ThroughlineError } from '../error.ts';
import { type FileToRead, headOf } from './compressed.ts';

export interface Dialect {
  delimiter: string;
  quote: string;
  /** False where the first line is a row already. */
  header?: boolean | undefined;
}

const HEADER_LIMIT_BYTES = 4 * 1024 * 1024;

/** The columns by the first record of the file: `column1`, `column2` without a header. Throws with exit code 65 if it is not one. */
export async function readCsvHeader(
  file: FileToRead,
  dialect: Dialect,
  encoding = 'utf-8',
): Promise<string[]> {
  const text = new TextDecoder(encoding).decode(await headOf(file, HEADER_LIMIT_BYTES));
  const { fields, end } = parseRecord(text, dialect);
  refuseMixedBreaks(text, end, file.name);
  return checkHeader(dialect.header === false ? fields.map(() => '') : fields, file.name);
}

/** The fields of the first record of `text`, and where it ends: RFC 4180, with any delimiter and quote. */
export function parseRecord(text: string, { delimiter, quote }: Dialect): { fields: string[]; end: number } {
  const fields: string[] = [];
  let field = '';
  let quoted = false;
  let i = 0;
  for (; i < text.length; i++) {
    const char = text[i]!;
    if (quoted) {
      if (char !== quote) field += char;
      else if (text[i + 1] === quote) field += text[i++];
      else quoted = false;
    } else if (char === quote && field === '') quoted = true;
    else if (char === delimiter) {
      fields.push(field);
      field = '';
    } else if (char === '\n' || char === '\r') break;
    else field += char;
  }
  return { fields: [...fields, field], end: i };
}

/** By the first line break DuckDB knows those of the file, also by one within a cell: where another ends the first record, it finds no row, and no fault. */
function refuseMixedBreaks(text: string, end: number, name: string): void {
  const within = LINE_BREAK.exec(text.slice(0, end))?.[0];
  const behind = LINE_BREAK.exec(text.slice(end, end + 2))?.[0];
  if (within === undefined || behind === undefined || within === behind) return;
  throw new ThroughlineError(`${name}:1: the first record has a line break of another kind than the rows`, {
    code: 'csv_header',
    exitCode: EXIT.badData,
    hint: 'Take the line break out of its cell, or save the file with one kind of line ends.',
  });
}

const LINE_BREAK = /\r\n|\n|\r/;

function checkHeader(columns: string[], name: string): string[] {
  const seen = new Set<string>();
  for (const column of columns) {
    const folded = column.toLowerCase();
    if (seen.has(folded) && column !== '') {
      throw new ThroughlineError(`${name}:1: the column "${column}" is in the header twice`, {
        code: 'csv_header',
        exitCode: EXIT.badData,
        hint: 'Rename one of them in the file: names that differ only in case count as equal.',
      });
    }
    seen.add(folded);
  }
  // Columns without a name cannot be mapped, but they have to be counted.
  return columns.map((column, i) => (column === '' ? `column${i + 1}` : column));
}
