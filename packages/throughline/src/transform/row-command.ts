/** A program of the user's that gets rows and answers them: changed, dropped, or refused. */
import {
  type CommandPool,
  type CommandSettings,
  inBatches,
  openCommandPool,
  type RowAnswer,
} from '../command/index.ts';
import { HARMLESS } from '../http/index.ts';
import { type DeadLetter, payloadOf } from '../mapper/rows.ts';
import { type Mapping, mappedColumns } from '../source/mapping.ts';
import { suggest } from '../suggest.ts';

/** Mapped columns of a row, by their names in the source. */
export type Columns = Readonly<Record<string, string | null>>;

export type RowOutcome =
  | { readonly columns: Columns }
  | { readonly dropped: true }
  | { readonly deadLetter: DeadLetter };

export interface RowCommand extends AsyncDisposable {
  /** Outcomes in the order of the rows, which are of one chunk. Throws CommandBrokenError, or the reason of an abort. */
  apply(rows: readonly Columns[], signal?: AbortSignal): Promise<RowOutcome[]>;
}

/** One process, started when it is needed. Holds one batch beside the rows of a call. */
export function openRowCommand(settings: CommandSettings, mapping: Mapping): RowCommand {
  const pool = openCommandPool(settings);
  const names = mappedColumns(mapping);
  return {
    async apply(rows, signal) {
      const outcomes: RowOutcome[] = [];
      for (const batch of inBatches(rows, charactersOf))
        outcomes.push(...(await askBatch(pool, batch, mapping, names, signal)));
      return outcomes;
    },
    [Symbol.asyncDispose]: () => pool.close(),
  };
}

function charactersOf(row: Columns): number {
  return Object.values(row).reduce((sum, cell) => sum + (cell?.length ?? 0), 0);
}

async function askBatch(
  pool: CommandPool,
  rows: readonly Columns[],
  mapping: Mapping,
  names: readonly string[],
  signal: AbortSignal | undefined,
): Promise<RowOutcome[]> {
  // A function may stumble at a word where it wants a date: then rows of the batch say whether the program works.
  const hello = Object.fromEntries(names.map((name) => [name, HARMLESS]));
  const harmless = [hello, ...(rows.length > 1 ? [rows[0]!, rows.at(-1)!] : [])];
  const answers = await pool.ask(
    rows.map((columns) => ({ columns })),
    { harmless: harmless.map((columns) => ({ columns })), signal },
  );
  return answers.map((answer, i) => outcomeOf(answer, rows[i]!, mapping));
}

function outcomeOf(answer: RowAnswer, row: Columns, mapping: Mapping): RowOutcome {
  if ('dropped' in answer) return answer;
  if ('code' in answer) return dead(answer.code, answer.message, row, mapping);
  const { columns } = answer.row;
  if (typeof columns !== 'object' || columns === null || Array.isArray(columns))
    return dead('bad_columns', 'the command answered a row without columns', row, mapping);
  const changed: Record<string, string | null> = { ...row };
  for (const [name, value] of Object.entries(columns)) {
    if (!Object.hasOwn(row, name)) return dead('unknown_column', unknown(name, row), row, mapping);
    const text = textOf(value);
    if (text === undefined)
      return dead(
        'bad_columns',
        `the command answered something else than a text for ${name}: ${typeof value}`,
        row,
        mapping,
      );
    changed[name] = text;
  }
  return { columns: changed };
}

/** A name that is misspelt would leave its column as it was, and nobody would see it. */
function unknown(name: string, row: Columns): string {
  const near = suggest(name, Object.keys(row));
  const meant = near === undefined ? '' : ` (did you mean "${near}"?)`;
  return `the command answered the column "${name}", which the mapping does not have${meant}`;
}

function textOf(value: unknown): string | null | undefined {
  if (value === null) return null;
  if (typeof value === 'string') return value.toWellFormed();
  return typeof value === 'boolean' || Number.isFinite(value) ? String(value) : undefined;
}

function dead(code: string, message: string, row: Columns, mapping: Mapping): RowOutcome {
  const id = mapping.id === undefined ? null : (row[mapping.id] ?? null);
  return { deadLetter: { step: 'transform', id, code, message, payload: payloadOf(row) } };
}
