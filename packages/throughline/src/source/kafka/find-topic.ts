/** Whether there is such a topic, and of how many partitions. */
import type { Consumer } from '@platformatic/kafka';
import type { SourceConfig } from '../../config/index.ts';
import { EXIT } from '../../error.ts';
import { brokersOf } from './client.ts';
import { kafkaError } from './kafka-error.ts';
import { Patience } from './patience.ts';
import { partitionCount } from './ranges.ts';

/** A wrong address is rather a mistake than a broker that is away. */
const OPEN_MS = 10_000;

/** 0 when aborted. Throws ThroughlineError with exit code 66 where there is none, 75 where no broker answers, 77 where this user may not. */
export async function findTopic(
  source: SourceConfig,
  asking: Consumer,
  signal: AbortSignal,
  ms = OPEN_MS,
): Promise<{ count: number; patience: Patience }> {
  const brokers = brokersOf(source.brokers!);
  const patience = new Patience({ brokers, signal, ms: Math.min(ms, OPEN_MS) });
  const ask = () => partitionCount(asking, source.topic!).catch((error) => throwIfMissing(error, brokers));
  return { count: (await patience.until(ask)) ?? 0, patience };
}

/** Nothing is gained by waiting for a topic that somebody has misspelt. */
function throwIfMissing(error: unknown, brokers: readonly string[]): never {
  const told = kafkaError(error, brokers);
  throw told.exitCode === EXIT.noInput ? told : error;
}
