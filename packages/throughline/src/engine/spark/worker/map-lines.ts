/** Rows of the source in, records and passages out, as JSON lines. */
import { NO_CHUNK } from '../../../chunk/chunk-id.ts';
import { openBatchMapper } from '../../../mapper/batch-mapper.ts';
import { createMapper } from '../../../mapper/mapper.ts';
import type { Mapped, SourceRow } from '../../../mapper/rows.ts';
import { loadTokenizer } from '../../../model/open.ts';
import type { Value } from '../../../source/typed.ts';
import { linesOf } from './lines.ts';
import { parseLine } from './parse-line.ts';
import type { WorkerSettings } from './settings.ts';

/** For each line of the input one, in its order. */
export interface MapLines extends AsyncDisposable {
  lines(input: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, void>;
}

/** Lines that are held for a program which splits; without one, each is answered before the next is read. */
const BATCH_LINES = 256;
const BATCH_BYTES = 8 * 1024 * 1024;

interface Line {
  readonly idx: number;
  readonly row: SourceRow;
  readonly chunk: { id: string; none: boolean };
}

/** Throws ThroughlineError (65) for a line that is no JSON, CommandBrokenError where the split's program does not work. */
export async function openMapLines(settings: WorkerSettings['map']): Promise<MapLines> {
  const { config, mapping, info, model, directory } = settings;
  const mapper = createMapper(config, mapping, info, await loadTokenizer(model));
  const batch = openBatchMapper(mapper, config.split, directory);
  const most = config.split.command ? BATCH_LINES : 1;
  return {
    async *lines(input) {
      for await (const held of batchesOf(input, most)) {
        const mapped = await batch.map(held);
        for (const [i, { idx }] of held.entries()) yield lineOf(idx, mapped[i]!);
      }
    },
    [Symbol.asyncDispose]: () => batch[Symbol.asyncDispose](),
  };
}

async function* batchesOf(input: AsyncIterable<Buffer>, most: number): AsyncGenerator<Line[]> {
  let held: Line[] = [];
  let [bytes, number] = [0, 0];
  for await (const line of linesOf(input)) {
    const { idx, chunk, ...row } = parseLine(line, ++number) as SourceRow & { idx: number; chunk: string };
    held.push({ idx, row, chunk: { id: chunk, none: chunk === NO_CHUNK } });
    bytes += line.length;
    if (held.length < most && bytes < BATCH_BYTES) continue;
    yield held;
    [held, bytes] = [[], 0];
  }
  if (held.length > 0) yield held;
}

function lineOf(idx: number, mapped: Mapped): Buffer {
  return Buffer.from(`${JSON.stringify({ idx, ...outcomeOf(mapped) })}\n`);
}

function outcomeOf(mapped: Mapped) {
  if ('deadLetter' in mapped) return { record: null, passages: [], dead: mapped.deadLetter };
  const { record, passages } = mapped;
  const attributes = record.attributes.map((value) => (value === null ? null : textOf(value)));
  const at = record.at === null ? null : String(record.at);
  return { record: { ...record, at, attributes }, passages, dead: null };
}

/** JavaScript leaves the sign of -0 out. */
function textOf(value: NonNullable<Value>): string {
  return Object.is(value, -0) ? '-0' : String(value);
}
