import type { Severity } from '@throughline/notebook-lint';
import { type Command, Option } from 'commander';
import { EXIT, ThroughlineError } from '../error.ts';
import type { LintedFiles } from '../lint/index.ts';
import { type Context, printJson } from './context.ts';
import { table } from './terminal.ts';
import { writeReport } from './write-report.ts';

const FORMATS = ['terminal', 'json', 'sarif', 'markdown', 'html'] as const;
const FAIL_ON = ['error', 'warning', 'info', 'never'] as const;

interface LintCommandOptions {
  format?: (typeof FORMATS)[number];
  json?: boolean;
  output?: string;
  failOn: (typeof FAIL_ON)[number];
  rule?: string[];
  ignore?: string[];
  listRules?: boolean;
}

const HELP = `
Reads .ipynb (nbformat 3 and 4), Databricks .py exports, scripts with # %% cells, and plain Python.
Folders are searched for notebooks. Nothing is run, nothing leaves this machine.
Ends with 65 if something is found at or above --fail-on, or if a notebook cannot be read.
A comment silences a rule: # throughline: ignore RULE (this line, or the next), # throughline: ignore-file RULE

Examples:
  throughline lint analysis.ipynb
  throughline lint notebooks/ --format html --output report.html
  throughline lint . --fail-on warning --ignore print-display,always-on-display
`;

export function lintCommand(program: Command, context: Context): void {
  program
    .command('lint [notebooks...]')
    .summary('say what in a notebook will break in production, why, and what to do')
    .addOption(new Option('--format <format>', 'how to report').choices(FORMATS))
    .option('--json', 'one JSON document on stdout, everything else on stderr')
    .option('-o, --output <file>', 'write the report to a file')
    .addOption(
      new Option('--fail-on <severity>', 'end with 65 from this severity on')
        .choices(FAIL_ON)
        .default('error'),
    )
    .option('--rule <rules>', 'only these rules, separated by commas', listOf)
    .option('--ignore <rules>', 'not these rules, separated by commas', listOf)
    .option('--list-rules', 'list the rules and what they are about')
    .addHelpText('after', HELP)
    .action((paths: string[], options: LintCommandOptions) => lint(paths, options, context));
}

async function lint(paths: readonly string[], options: LintCommandOptions, context: Context): Promise<void> {
  if (options.listRules) return listRules(options, context);
  if (paths.length === 0)
    throw new ThroughlineError('no notebook is named', {
      code: 'usage',
      exitCode: EXIT.usage,
      hint: 'throughline lint NOTEBOOK...',
    });
  const [{ findNotebooks, lintFiles }, { isNotebookScript }] = await Promise.all([
    import('../lint/index.ts'),
    import('@throughline/notebook-lint'),
  ]);
  const { terminal } = context;
  const linted = await lintFiles(await findNotebooks(paths, isNotebookScript), {
    ...(options.rule && { rules: options.rule }),
    ignore: options.ignore ?? [],
    onFile: (file, done, total) => terminal.status(`${done + 1}/${total} ${file}`),
  });
  terminal.clearStatus();
  await report(linted, options, context);
  for (const { error } of linted.unread) terminal.log(`error: ${error.message}\n  ${error.hint ?? ''}`);
  if (linted.unread.length > 0) process.exitCode = linted.unread[0]!.error.exitCode;
  else if (isFailure(linted, options.failOn)) process.exitCode = EXIT.badData;
}

/** The option may be given several times. */
function listOf(text: string, before: readonly string[] = []): string[] {
  return [...before, ...text.split(',').map((name) => name.trim())].filter((name) => name !== '');
}

function isFailure({ notebooks }: LintedFiles, failOn: LintCommandOptions['failOn']): boolean {
  if (failOn === 'never') return false;
  const severities: readonly Severity[] = FAIL_ON.slice(0, FAIL_ON.indexOf(failOn) + 1) as Severity[];
  return notebooks.some(({ result }) =>
    result.findings.some(({ severity }) => severities.includes(severity)),
  );
}

async function report(linted: LintedFiles, options: LintCommandOptions, context: Context): Promise<void> {
  const format = options.json ? 'json' : (options.format ?? 'terminal');
  const document = await render(linted, format, options.output === undefined, context);
  if (options.output === undefined) {
    if (typeof document === 'string') context.terminal.print(document.trimEnd());
    else printJson(context, document);
    return;
  }
  const text = typeof document === 'string' ? document : JSON.stringify(document, null, 2);
  await writeReport(options.output, `${text.trimEnd()}\n`);
  context.terminal.log(`Written to ${options.output}`);
}

async function render(
  { notebooks, unread }: LintedFiles,
  format: (typeof FORMATS)[number],
  coloured: boolean,
  { terminal }: Context,
): Promise<unknown> {
  const reports = await import('@throughline/notebook-lint');
  if (format === 'markdown') return reports.markdownReport(notebooks);
  if (format === 'html') return reports.htmlReport(notebooks);
  if (format === 'sarif') {
    const { productVersion } = await import('../run/versions.ts');
    return reports.sarifReport(notebooks, await productVersion());
  }
  if (format === 'json') {
    const errors = unread.map(({ file, error }) => ({
      file,
      code: error.code,
      message: error.message,
      hint: error.hint,
    }));
    return { ...reports.jsonReport(notebooks), errors };
  }
  const colours = { error: 'red', warning: 'yellow', info: 'blue', file: 'bold', quiet: 'dim' } as const;
  return reports.terminalReport(
    notebooks,
    coloured ? (part, text) => terminal.style(colours[part], text) : undefined,
  );
}

async function listRules({ json }: LintCommandOptions, context: Context): Promise<void> {
  const { RULES } = await import('@throughline/notebook-lint');
  const rows = RULES.map(({ id, severity, title, why, fix }) => ({ id, severity, title, why, fix }));
  if (json) return printJson(context, { rules: rows });
  for (const line of table(
    ['rule', 'severity', 'finds'],
    rows.map(({ id, severity, title }) => [id, severity, title]),
  ))
    context.terminal.print(line);
}
