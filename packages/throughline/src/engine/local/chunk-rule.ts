import { quoteIdentifier } from '@throughline/delta';
import { type ChunkRule, chosenRule } from '../../chunk/plan.ts';
import type { Config } from '../../config/index.ts';
import { formatOf } from '../../source/format-of.ts';
import type { Mapping } from '../../source/mapping.ts';
import { parseTimestamp } from '../../source/timestamp.ts';
import type { Session } from './session.ts';
import { stagedColumns } from './staged-columns.ts';

/** The given rule if the mapping still has the column that it looks at, else one for the `kept` rows. */
export async function ruleFor(
  session: Session,
  config: Config,
  mapping: Mapping,
  given: ChunkRule | undefined,
): Promise<ChunkRule> {
  return given && ruleFits(given, config, mapping) ? given : await chooseRule(session, config, mapping);
}

/** Whether the mapping has the column that the rule looks at. */
export function ruleFits(rule: ChunkRule, config: Config, mapping: Mapping): boolean {
  if (rule.by === 'window') return mapping.timestamp !== undefined;
  return rule.by !== 'value' || stagedColumns(config, mapping).includes(rule.column);
}

async function chooseRule(session: Session, config: Config, mapping: Mapping): Promise<ChunkRule> {
  const [count] = await session.query('SELECT count(*) AS rows FROM kept');
  if (mapping.timestamp === undefined) return chosenRule(Number(count!.rows), undefined);
  const format = formatOf(config, mapping.timestamp);
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for await (const rows of session.stream(
    `SELECT DISTINCT ${quoteIdentifier(mapping.timestamp)} FROM kept`,
  )) {
    for (const [text] of rows) {
      const at = text === null ? undefined : parseTimestamp(text as string, format);
      if (at === undefined) continue;
      first = Math.min(first, Number(at));
      last = Math.max(last, Number(at));
    }
  }
  const days = Math.max(1, (last - first) / 86_400e6);
  return chosenRule(Number(count!.rows), Number.isFinite(days) ? { days } : { days: 1 });
}
