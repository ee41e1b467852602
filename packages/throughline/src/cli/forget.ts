/** `lake forget`: a privacy request, and the proof that nothing is left. */
import { type Command, Option } from 'commander';
import { EXIT } from '../error.ts';
import type { Forgotten, Proof } from '../forget/index.ts';
import {
  type Context,
  configOf,
  lakeNamedBy,
  printJson,
  type SharedOptions,
  withSharedOptions,
} from './context.ts';
import { withInterrupt } from './interrupt.ts';
import { formatCount, printable } from './terminal.ts';

interface ForgetOptions extends SharedOptions {
  id?: string[];
  ids?: string;
  purge?: boolean;
  prove?: boolean;
  readmit?: boolean;
}

export function forgetCommand(lake: Command, context: Context): void {
  withSharedOptions(lake.command('forget'))
    .summary('remove records from all that the lake holds of them: a privacy request')
    .description(
      'Removes records by their ids from every build: records, passages, dead letters, vectors of their texts, feedback, ' +
        'samples of checks. Index and themes are made anew without them, and versions that hold them go. Rows that the ' +
        'source still has of them are left out from now on.\n' +
        'The same again finishes what was interrupted.',
    )
    .option('--id <id>', 'of a record; may be given again', (id: string, ids: string[] = []) => [...ids, id])
    .option('--ids <file>', 'a file with an id on each line')
    .option(
      '--purge',
      'also from earlier versions of all tables, which end here, and prove that nothing is left; no run may be under way',
    )
    .addOption(
      new Option(
        '--prove',
        'remove nothing: only look for what is left, in tables and in the bytes of all files',
      ).conflicts(['purge', 'readmit']),
    )
    .addOption(
      new Option('--readmit', 'remove nothing: let rows that the source has of them come in again').conflicts(
        ['purge'],
      ),
    )
    .addHelpText(
      'after',
      '\nExamples:\n  throughline lake forget --id 3184567\n  throughline lake forget --ids requests.txt --purge --json > proof.json\n',
    )
    .action(async (options: ForgetOptions) => {
      const { allBuilds, forget, prove, readIds, readmitRecords, readSubject } = await import(
        '../forget/index.ts'
      );
      const loaded = await configOf(options, context);
      const found = await lakeNamedBy(loaded);
      const ids = await readIds(options.id ?? [], options.ids);
      if (options.prove) {
        const subject = await readSubject(await allBuilds(found), ids);
        const proof = await prove(found, subject);
        if (options.json) printJson(context, { ids: ids.size, proof });
        else printProof(context, proof);
        return concludeWith(proof);
      }
      const { clock, env, terminal } = context;
      if (options.readmit) {
        const readmitted = await readmitRecords(found, ids, clock);
        if (options.json) return printJson(context, { ids: ids.size, readmitted });
        return terminal.print(
          `${formatCount(readmitted)} may come in again, with the next run that reads them`,
        );
      }
      const told = await withInterrupt(context, (signal) =>
        forget(
          loaded,
          found,
          { ids, purge: options.purge === true },
          { clock, env, signal, tell: (message) => terminal.log(message) },
        ),
      );
      if (options.json) printJson(context, told);
      else printForgotten(context, told);
      if (told.proof) concludeWith(told.proof);
    });
}

function concludeWith({ traces }: Proof): void {
  if (traces.length > 0) process.exitCode = EXIT.badData;
}

function printForgotten(context: Context, told: Forgotten): void {
  const { terminal } = context;
  const tell = (rows: Record<string, number>, what: string) => {
    for (const [table, count] of Object.entries(rows))
      terminal.print(`${printable(table)}: ${formatCount(count)} rows ${what}`);
  };
  tell(told.rows, 'removed');
  tell(told.edited, 'cleaned');
  for (const report of told.reports) terminal.print(`${printable(report)}: cleaned`);
  if (told.index !== undefined) terminal.print(`index ${told.index} serves now`);
  if (told.themes !== undefined) terminal.print(`themes ${told.themes} serve now`);
  for (const version of told.removed) terminal.print(`${printable(version)}: removed`);
  if (Object.keys(told.rows).length === 0) terminal.print('The tables hold nothing of these records.');
  if (told.proof) printProof(context, told.proof);
  else
    terminal.log(
      'Earlier versions of the tables hold them until throughline lake vacuum takes them; at once: --purge.',
    );
  terminal.log(
    'Rows that the source still has of them are left out from now on; --readmit lets them in again.',
  );
}

function printProof({ terminal }: Context, { traces, ids, texts, shared }: Proof): void {
  for (const { where, column, rows } of traces)
    terminal.print(
      `left in ${printable(where)}${column === undefined ? '' : `: column ${printable(column)}, ${formatCount(rows!)} rows`}`,
    );
  if (shared > 0)
    terminal.print(`${formatCount(shared)} texts begin as those of other records, and were not looked for`);
  const looked = `${formatCount(ids)} ids and ${formatCount(texts)} texts were looked for, in every table and file`;
  if (traces.length === 0) terminal.print(terminal.style('green', `${looked}: nothing is left of these.`));
  else terminal.print(`${looked}.`);
}
