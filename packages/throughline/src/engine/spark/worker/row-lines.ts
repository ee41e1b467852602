/** Rows through a command of `transform`, as JSON lines. */
import { programOf } from '../../../command/index.ts';
import type { DeadLetter } from '../../../mapper/rows.ts';
import { mappedColumns } from '../../../source/mapping.ts';
import { type Columns, openRowCommand } from '../../../transform/index.ts';
import { linesOf } from './lines.ts';
import { parseLine } from './parse-line.ts';
import type { WorkerSettings } from './settings.ts';

export interface RowLines extends AsyncDisposable {
  /** A line for each row that is left, or is a dead letter now, in their order. */
  lines(input: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, void>;
}

/** Number of a chunk, place of the row in the source, and cells in the order of the mapped columns. */
interface Line {
  readonly idx: number;
  readonly place: unknown;
  readonly cells: readonly (string | null)[];
}

/** Rows of one chunk that are held at once, and their bytes. */
const BATCH_LINES = 256;
const BATCH_BYTES = 8 * 1024 * 1024;

/** Throws ThroughlineError (65) for a line that is no JSON, CommandBrokenError where the program does not work. */
export function openRowLines({ command, mapping, directory }: WorkerSettings['rows']): RowLines {
  const program = openRowCommand(programOf(command, directory), mapping);
  const names = mappedColumns(mapping);
  return {
    async *lines(input) {
      for await (const held of batchesOf(input)) {
        const rows = held.map(
          ({ cells }): Columns => Object.fromEntries(names.map((name, i) => [name, cells[i]!])),
        );
        const outcomes = await program.apply(rows);
        for (const [i, outcome] of outcomes.entries()) {
          const { idx, place } = held[i]!;
          if ('deadLetter' in outcome) yield lineOf(idx, place, null, outcome.deadLetter);
          if ('columns' in outcome) {
            const { columns } = outcome;
            yield lineOf(
              idx,
              place,
              names.map((name) => columns[name]!),
              null,
            );
          }
        }
      }
    },
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  };
}

/** A batch ends where another chunk begins: a program gets rows of one only. */
async function* batchesOf(input: AsyncIterable<Buffer>): AsyncGenerator<Line[]> {
  let held: Line[] = [];
  let [bytes, number] = [0, 0];
  for await (const data of linesOf(input)) {
    const line = parseLine(data, ++number) as Line;
    const isFull = held.length >= BATCH_LINES || bytes >= BATCH_BYTES;
    if (held.length > 0 && (isFull || held[0]!.idx !== line.idx)) {
      yield held;
      [held, bytes] = [[], 0];
    }
    held.push(line);
    bytes += data.length;
  }
  if (held.length > 0) yield held;
}

function lineOf(
  idx: number,
  place: unknown,
  cells: readonly (string | null)[] | null,
  dead: DeadLetter | null,
): Buffer {
  return Buffer.from(`${JSON.stringify({ idx, place, cells, dead })}\n`);
}
