import type { Finding } from '@throughline/notebook-lint';
import type { Command } from 'commander';
import { EXIT } from '../error.ts';
import { quoted } from '../quoted.ts';
import type { Readiness } from '../readiness/index.ts';
import { type Context, configOf, printJson, type SharedOptions, withSharedOptions } from './context.ts';
import { printable, table } from './terminal.ts';
import { writeReport } from './write-report.ts';

interface ReadinessOptions extends SharedOptions {
  notebook?: string;
  dag?: string;
  markdown?: string;
  html?: string;
}

const HELP = `
Seven topics, each with what was found in the config and the lake, the command that shows it again, and what is
missing. Nothing is embedded, asked of an API or written but the reports. Ends with 65 unless all are ok and all
limits of acceptance: are met.

Examples:
  throughline readiness
  throughline readiness --notebook analysis.ipynb --dag dags/complaints.py --markdown readiness.md
`;

export function readinessCommand(program: Command, context: Context): void {
  withSharedOptions(program.command('readiness'))
    .summary('say whether the pipeline is ready for production, with the evidence, to sign off')
    .option(
      '--notebook <file>',
      'notebook that the pipeline comes from: its side of each row is what it does',
    )
    .option('--dag <file>', 'DAG that has to be what throughline airflow would write now')
    .option('--markdown <file>', 'write the report for a pull request')
    .option('--html <file>', 'write the report as a page to print and sign')
    .addHelpText('after', HELP)
    .action((options: ReadinessOptions) => readiness(options, context));
}

async function readiness(options: ReadinessOptions, context: Context): Promise<void> {
  const loaded = await configOf(options, context);
  const findings = options.notebook === undefined ? undefined : await findingsOf(options.notebook);
  const { gather, limitStates, readinessOf, readinessHtml, readinessMarkdown } = await import(
    '../readiness/index.ts'
  );
  const now = context.clock();
  const { facts, lake, build } = await gather(loaded, {
    ...{ profile: options.profile, dag: options.dag, command: commandLine(options) },
  });
  const limits = await limitStates(facts, lake && build && { lake, build }, now);
  const found = readinessOf(facts, { limits, findings, at: new Date(now).toISOString() });
  if (options.markdown !== undefined) await writeReport(options.markdown, readinessMarkdown(found));
  if (options.html !== undefined) await writeReport(options.html, readinessHtml(found));
  if (options.json) printJson(context, found);
  else await printReadiness(found, context);
  if (!found.ready) process.exitCode = EXIT.badData;
}

async function findingsOf(notebook: string): Promise<readonly Finding[]> {
  const { lintFiles } = await import('../lint/index.ts');
  const { notebooks, unread } = await lintFiles([notebook]);
  if (unread[0]) throw unread[0].error;
  return notebooks[0]!.result.findings;
}

/** As it can be typed into a shell. */
function commandLine({ config, profile }: SharedOptions): (words: string) => string {
  const named = config === 'throughline.yaml' ? '' : ` --config ${quoted(config)}`;
  const overlaid = profile === undefined ? '' : ` --profile ${quoted(profile)}`;
  return (words) => `throughline ${words}${named}${overlaid}`;
}

async function printReadiness({ rows, limits, ready }: Readiness, { terminal }: Context): Promise<void> {
  const { figure } = await import('../readiness/index.ts');
  const mark = (ok: boolean) => (ok ? terminal.style('green', 'ok  ') : terminal.style('red', 'MISS'));
  for (const { topic, ok, notebook, evidence, missing } of rows) {
    terminal.print(`${mark(ok)}  ${terminal.style('bold', topic)}`);
    terminal.print(`      notebook    ${printable(notebook)}`);
    for (const one of evidence) {
      if (!one.ok) continue;
      terminal.print(`      production  ${printable(one.says)}`);
      if (one.command !== undefined)
        terminal.print(terminal.style('dim', `                  ${printable(one.command)}`));
    }
    for (const { says, mend } of missing) {
      terminal.print(`      ${terminal.style('red', 'missing')}     ${printable(says)}`);
      terminal.print(`                  ${printable(mend)}`);
    }
  }
  terminal.print('');
  if (limits.length === 0) terminal.print('No limits are agreed on: acceptance: in the config.');
  else
    for (const line of table(
      ['limit', 'agreed', 'last', 'measured by', 'met'],
      limits.map(({ name, agreed, observed, run, met }) => [
        ...[name, printable(agreed), figure(observed), run ?? 'now', met ? 'yes' : 'no'],
      ]),
    ))
      terminal.print(line);
  for (const { name, met, mend } of limits)
    if (!met && mend !== undefined) terminal.print(`${name}: ${printable(mend)}`);
  terminal.print('');
  terminal.print(ready ? terminal.style('green', 'Ready.') : terminal.style('red', 'Not ready.'));
}
