/** What a worker does to a row, by the name of its mode: one JSON line in, one out. */
import { chunkOf } from '../../../chunk/chunk-of.ts';
import { parseTimestamp } from '../../../source/timestamp.ts';
import { linesOf } from './lines.ts';
import { parseLine } from './parse-line.ts';
import type { WorkerMode, WorkerSettings } from './settings.ts';

export type RowMode = Exclude<WorkerMode, 'embed' | 'map' | 'rows'>;

type RowFunction = (row: never) => unknown;

/** For each line of the input one, in its order; holds one. Throws ThroughlineError (65) for a line that is no JSON. */
export async function* mapLines(
  input: AsyncIterable<Buffer>,
  of: RowFunction,
): AsyncGenerator<Buffer, void, void> {
  let number = 0;
  for await (const line of linesOf(input)) {
    number++;
    yield Buffer.from(`${JSON.stringify(of(parseLine(line, number) as never))}\n`);
  }
}

export function rowFunction<M extends RowMode>(mode: M, settings: WorkerSettings[M]): RowFunction {
  return FUNCTIONS[mode](settings);
}

const FUNCTIONS: { [M in RowMode]: (settings: WorkerSettings[M]) => RowFunction } = {
  times,
  cursors,
};

function times({ format }: WorkerSettings['times']): RowFunction {
  return ({ value }: { value: string }) => {
    const micros = parseTimestamp(value, format);
    return { value, micros: micros === undefined ? null : String(micros) };
  };
}

function cursors({ rule, format }: WorkerSettings['cursors']): RowFunction {
  return ({ value }: { value: string }) => {
    const found = chunkOf(value, rule, format);
    return {
      value,
      chunk: found?.chunk ?? null,
      first: found?.window?.from ?? null,
      past: found?.window?.to ?? null,
    };
  };
}
