/** Apache Arrow takes a while to load: it is loaded when a result is first read. */
import type { RecordBatch } from 'apache-arrow';
import type { Channel } from './channel.ts';
import { ProtocolError } from './errors.ts';
import { execute } from './execution.ts';
import type { ExecutePlanResponse_ArrowBatch, Plan } from './protocol/spark_connect_pb.ts';
import type { ExecuteSettings } from './settings.ts';

/**
 * The rows of a plan as they come, one batch in memory at a time; batches without rows are left out. The place of each
 * batch in the result is checked: a row that is lost or comes twice is a ProtocolError.
 */
export async function* readBatches(
  channel: Channel,
  plan: Plan,
  settings: ExecuteSettings,
): AsyncGenerator<RecordBatch, void, void> {
  const arrow = import('apache-arrow');
  arrow.catch(() => {}); // awaited below, where its error is thrown
  let rows = 0n;
  for await (const { responseType } of execute(channel, plan, settings)) {
    if (responseType.case !== 'arrowBatch') continue;
    checkPlace(responseType.value, rows);
    rows += responseType.value.rowCount;
    if (responseType.value.rowCount > 0n) yield* decode(await arrow, responseType.value);
  }
}

function checkPlace({ startOffset }: ExecutePlanResponse_ArrowBatch, rows: bigint): void {
  if (startOffset === undefined || startOffset === rows) return;
  throw new ProtocolError(`The server sent row ${startOffset} where row ${rows} was to come.`);
}

function* decode(
  arrow: typeof import('apache-arrow'),
  { data, rowCount }: ExecutePlanResponse_ArrowBatch,
): Generator<RecordBatch, void, void> {
  let rows = 0;
  for (const batch of arrow.RecordBatchReader.from(data)) {
    rows += batch.numRows;
    yield batch;
  }
  if (BigInt(rows) !== rowCount) {
    throw new ProtocolError(`The server announced ${rowCount} rows and sent ${rows}.`);
  }
}
