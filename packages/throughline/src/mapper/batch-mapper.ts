/** The mapper over many rows at once, with the user's own program between, where it is one that splits. */
import { type CommandSettings, inBatches, openCommandPool, programOf } from '../command/index.ts';
import type { Config } from '../config/index.ts';
import { HARMLESS } from '../http/index.ts';
import type { Mapper, Place } from './mapper.ts';
import type { Mapped, RecordRow, SourceRow } from './rows.ts';

export interface PlacedRow {
  readonly row: SourceRow;
  readonly chunk: Place;
}

export interface BatchMapper extends AsyncDisposable {
  /** In the order of the rows. Throws CommandBrokenError, or the reason of an abort. */
  map(rows: readonly PlacedRow[], signal?: AbortSignal): Promise<Mapped[]>;
}

/** `directory` is where a command of `split:` is started; a process of it starts when it is needed. */
export function openBatchMapper(
  mapper: Mapper,
  { command, timeout }: Pick<Config['split'], 'command' | 'timeout'>,
  directory: string,
): BatchMapper {
  if (command) return withCommand(mapper, programOf({ command, timeout }, directory));
  return {
    map: async (rows) => rows.map(({ row, chunk }) => mapper.map(row, chunk)),
    [Symbol.asyncDispose]: async () => {},
  };
}

function withCommand(mapper: Mapper, program: CommandSettings): BatchMapper {
  const pool = openCommandPool(program);
  return {
    async map(rows, signal) {
      const read = rows.map(({ row, chunk }) => ({ chunk, ...mapper.read(row, chunk) }));
      const records = read.flatMap((one) => ('record' in one ? [one] : []));
      const split = new Map<RecordRow, Mapped>();
      for (const batch of inBatches(records, ({ record }) => record.text.length)) {
        const asked = batch.map(({ record }) => ({ text: record.text }));
        const harmless = [{ text: HARMLESS }, asked[0]!, asked.at(-1)!].slice(0, asked.length > 1 ? 3 : 1);
        const answers = await pool.ask(asked, { harmless, signal });
        for (const [i, { record, chunk }] of batch.entries())
          split.set(record, mapper.splitAs(record, answers[i]!, chunk));
      }
      return read.map((one) => ('record' in one ? split.get(one.record)! : { deadLetter: one.deadLetter }));
    },
    [Symbol.asyncDispose]: () => pool.close(),
  };
}
