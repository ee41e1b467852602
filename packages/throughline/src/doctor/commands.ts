/** Whether the commands of `transform` and `split` work here: each is given one row. */
import { openCommandPool, programDigest, programOf, type RowAnswer } from '../command/index.ts';
import type { LoadedConfig } from '../config/index.ts';
import { mappedColumns, mappingOf } from '../source/mapping.ts';
import { commandsOf } from '../transform/index.ts';
import type { Finding } from './doctor.ts';

export const PROBE_TEXT = 'A late fee was charged twice.';

/** A program that refuses the row works, and may have its reasons. */
export async function checkCommands({ config, directory }: LoadedConfig): Promise<Finding> {
  const columns = Object.fromEntries(
    mappedColumns(mappingOf(config.source)).map((name) => [name, PROBE_TEXT]),
  );
  const found: string[] = [];
  const refused: string[] = [];
  for (const one of commandsOf(config)) {
    // What `files:` names has to be there.
    await programDigest(one, directory);
    await using pool = openCommandPool(programOf(one, directory));
    const row = one.command === config.split.command ? { text: PROBE_TEXT } : { columns };
    const started = performance.now();
    const [answer] = await pool.ask([row], { harmless: [row] });
    const name = one.command.join(' ');
    found.push(`${name} answered in ${Math.round(performance.now() - started)} ms`);
    const problem = refusal(answer!);
    if (problem !== undefined) refused.push(`${name} refuses a row of "${PROBE_TEXT}": ${problem}`);
  }
  return { message: found.join('; '), hint: refused.length === 0 ? undefined : refused.join('; ') };
}

function refusal(answer: RowAnswer): string | undefined {
  return 'code' in answer ? answer.message : undefined;
}
