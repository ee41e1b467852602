/** `run --reproduce`: the report of a run that was made again. */
import { EXIT } from '../error.ts';
import type { Reproduction } from '../reproduce/index.ts';
import { type Context, configOf, lakeNamedBy, printJson, type SharedOptions } from './context.ts';
import { withInterrupt } from './interrupt.ts';
import { createProgress } from './progress.ts';
import { formatCount, printable, table } from './terminal.ts';

export async function reproduceRun(
  context: Context,
  options: SharedOptions,
  { run, into }: { run: string; into: string | undefined },
): Promise<void> {
  const { isSame, reproduce } = await import('../reproduce/index.ts');
  const loaded = await configOf(options, context);
  const lake = await lakeNamedBy(loaded);
  const { clock, newId, terminal } = context;
  const found = await withInterrupt(context, (signal) =>
    reproduce(
      loaded,
      lake,
      { run, into },
      { clock, newId, signal, reporter: createProgress(terminal, clock) },
    ),
  );
  if (options.json) printJson(context, found);
  else printReproduction(context, found, isSame);
  if (!found.identical) process.exitCode = EXIT.badData;
}

function printReproduction(
  { terminal }: Context,
  { run, into, identical, tables, notes }: Reproduction,
  isSame: (one: Reproduction['tables'][number]) => boolean,
): void {
  const rows = tables.map((one) => {
    const changed = Object.entries(one.changed).map(([name, count]) => `${name} (${formatCount(count)})`);
    const what = isSame(one) ? 'identical' : changed.join(', ');
    return [one.table, one.rows.recorded, one.rows.again, one.missing, one.extra, what];
  });
  for (const line of table(['table', 'rows then', 'rows now', 'missing', 'extra', 'what differs'], rows))
    terminal.print(line);
  for (const one of tables)
    for (const example of one.examples) terminal.print(`${one.table}: ${printable(example)}`);
  for (const note of notes) terminal.print(printable(note));
  if (identical)
    terminal.print(terminal.style('green', `${run} is reproduced: all that is compared is identical`));
  else terminal.print(terminal.style('red', `${run} is not reproduced; what was made now is in ${into}`));
}
