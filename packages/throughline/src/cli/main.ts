/** The command line: one file per command, loaded when it is called. */
import { Command, CommanderError } from 'commander';
import { asThroughlineError, EXIT } from '../error.ts';
import { productVersion } from '../run/versions.ts';
import { withoutSecrets } from '../run/without-secrets.ts';
import { type Context, defaultContext, printJson } from './context.ts';

/** Runs one command line and returns its exit code. Never throws. */
export async function main(args: readonly string[], context: Context = defaultContext()): Promise<number> {
  const program = await createProgram(context);
  program.hook('preAction', async (_, command) => {
    // Who asks for it gets it; a variable of the environment means where nobody looks on.
    const asked = (command.opts() as { log?: string }).log;
    const usual = context.terminal.interactive ? undefined : context.env.THROUGHLINE_LOG;
    if ((asked ?? usual) !== 'json') return;
    const { withStructuredLog } = await import('./structured-log.ts');
    context.terminal = withStructuredLog(context.terminal, context.env);
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return Number(process.exitCode ?? EXIT.ok);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    return report(error, context, args.includes('--json'));
  }
}

async function createProgram(context: Context): Promise<Command> {
  const program = new Command('throughline')
    .description('Semantic search and theming over business texts, from a notebook to production')
    .version(await productVersion())
    .showSuggestionAfterError()
    .exitOverride();
  const commands = await Promise.all([
    import('./init.ts').then((module) => module.initCommand),
    import('./plan.ts').then((module) => module.planCommand),
    import('./run.ts').then((module) => module.runCommand),
    import('./status.ts').then((module) => module.statusCommand),
    import('./search.ts').then((module) => module.searchCommand),
    import('./similar.ts').then((module) => module.similarCommand),
    import('./index-versions.ts').then((module) => module.indexCommand),
    import('./themes.ts').then((module) => module.themesCommand),
    import('./runs.ts').then((module) => module.runsCommand),
    import('./quality.ts').then((module) => module.qualityCommand),
    import('./dlq.ts').then((module) => module.dlqCommand),
    import('./export.ts').then((module) => module.exportCommand),
    import('./lake.ts').then((module) => module.lakeCommand),
    import('./eval.ts').then((module) => module.evalCommand),
    import('./compare.ts').then((module) => module.compareCommand),
    import('./lint.ts').then((module) => module.lintCommand),
    import('./doctor.ts').then((module) => module.doctorCommand),
    import('./readiness.ts').then((module) => module.readinessCommand),
    import('./airflow.ts').then((module) => module.airflowCommand),
    import('./alerts.ts').then((module) => module.alertsCommand),
    import('./serve.ts').then((module) => module.serveCommand),
    import('./mcp.ts').then((module) => module.mcpCommand),
    import('./schema.ts').then((module) => module.schemaCommand),
  ]);
  for (const add of commands) add(program, context);
  return program;
}

function report(thrown: unknown, context: Context, json: boolean): number {
  const { terminal, env } = context;
  const error = withoutSecrets(asThroughlineError(thrown), env);
  terminal.clearStatus();
  if (json) printJson(context, { error: { code: error.code, message: error.message, hint: error.hint } }, 0);
  if (terminal.logger) {
    const { code, exitCode, hint } = error;
    terminal.logger.error({ code, exitCode, ...(hint !== undefined && { hint }) }, error.message);
    return exitCode;
  }
  terminal.log(`error: ${error.message}`);
  if (error.hint !== undefined) terminal.log(`  ${error.hint}`);
  if (error.exitCode === EXIT.internal) {
    terminal.log('  This is a fault of throughline itself. THROUGHLINE_DEBUG=1 shows where it happened.');
    if (env.THROUGHLINE_DEBUG === '1')
      terminal.log(String((error.cause as Error | undefined)?.stack ?? error.stack));
  }
  return error.exitCode;
}
