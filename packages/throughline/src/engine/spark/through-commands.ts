import { stagesOf } from '../../transform/index.ts';
import { UNMAPPED } from './mapped-columns.ts';
import { materialise } from './materialise.ts';
import type { Round, RoundRun } from './round.ts';
import { rowsSettings } from './rows-settings.ts';
import {
  ANSWERED,
  answeredRowsSql,
  type ChunksOfRows,
  commandRowsSql,
  type OrderedRows,
  stepsSql,
} from './transform-sql.ts';

/**
 * `tl_rows` through the stages of the transform. What a command answers is written down before it is read, because it is read
 * twice: the rows that are left, and the queries of those that it has refused.
 */
export async function throughCommands(
  round: Round,
  run: RoundRun,
  sizes: { tasks: number; parts: number },
): Promise<{ rows: OrderedRows; dead: string[] }> {
  const { config, mapping } = run.prepared;
  const mapped = { config, mapping };
  const dead: string[] = [];
  let from: ChunksOfRows = { from: 'tl_rows', chunks: round.chunks };
  for (const [i, { steps, command }] of stagesOf(config.transform).entries()) {
    const rows = stepsSql(from, steps, mapped);
    if (command === undefined) return { rows, dead };
    const input = commandRowsSql(rows, mapped, sizes);
    await materialise(
      run,
      `stage${i}`,
      run.cluster.worker('rows', rowsSettings(command, run.prepared), input, ANSWERED),
    );
    dead.push(`SELECT idx, ${UNMAPPED}, dead FROM tl_stage${i} WHERE dead IS NOT NULL`);
    from = {
      from: answeredRowsSql(`tl_stage${i}`, mapped),
      chunks: round.chunks.map(({ idx }) => ({ idx, part: idx })),
    };
  }
  throw new Error('the last stage has no command');
}
