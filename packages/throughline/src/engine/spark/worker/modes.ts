/** What a worker does to a row, by the name of its mode: one JSON line in, one out. */
import { NO_CHUNK } from '../../../chunk/chunk-id.ts';
import { chunkOf } from '../../../chunk/chunk-of.ts';
import { EXIT, ThroughlineError } from '../../../error.ts';
import { createMapper } from '../../../mapper/mapper.ts';
import type { SourceRow } from '../../../mapper/rows.ts';
import { loadTokenizer } from '../../../model/open.ts';
import { parseTimestamp } from '../../../source/timestamp.ts';
import type { Value } from '../../../source/typed.ts';
import { linesOf } from './lines.ts';
import type { WorkerMode, WorkerSettings } from './settings.ts';

export type RowMode = Exclude<WorkerMode, 'embed'>;

type RowFunction = (row: never) => unknown;

/** For each line of the input one, in its order; holds one. Throws ThroughlineError (65) for a line that is no JSON. */
export async function* mapLines(
  input: AsyncIterable<Buffer>,
  of: RowFunction,
): AsyncGenerator<Buffer, void, void> {
  let number = 0;
  for await (const line of linesOf(input)) {
    number++;
    yield Buffer.from(`${JSON.stringify(of(rowOf(line, number) as never))}\n`);
  }
}

function rowOf(line: Buffer, number: number): unknown {
  try {
    return JSON.parse(line.toString());
  } catch (cause) {
    throw new ThroughlineError(`line ${number} of the worker's input is not JSON`, {
      code: 'worker_input',
      exitCode: EXIT.badData,
      cause,
    });
  }
}

export async function rowFunction<M extends RowMode>(
  mode: M,
  settings: WorkerSettings[M],
): Promise<RowFunction> {
  return await FUNCTIONS[mode](settings);
}

const FUNCTIONS: { [M in RowMode]: (settings: WorkerSettings[M]) => RowFunction | Promise<RowFunction> } = {
  times,
  cursors,
  map,
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

async function map({ config, mapping, info, model }: WorkerSettings['map']): Promise<RowFunction> {
  const mapper = createMapper(config, mapping, info, await loadTokenizer(model));
  return ({ idx, chunk, ...row }: SourceRow & { idx: number; chunk: string }) => {
    const mapped = mapper.map(row, { id: chunk, none: chunk === NO_CHUNK });
    if ('deadLetter' in mapped) return { idx, record: null, passages: [], dead: mapped.deadLetter };
    const { record, passages } = mapped;
    const attributes = record.attributes.map((value) => (value === null ? null : textOf(value)));
    return {
      idx,
      record: { ...record, at: record.at === null ? null : String(record.at), attributes },
      passages,
      dead: null,
    };
  };
}

/** JavaScript leaves the sign of -0 out. */
function textOf(value: NonNullable<Value>): string {
  return Object.is(value, -0) ? '-0' : String(value);
}
