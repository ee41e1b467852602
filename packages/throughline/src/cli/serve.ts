import { type Command, Option } from 'commander';
import { type Context, configOf, lakeNamedBy, type SharedOptions, withSharedOptions } from './context.ts';
import { parsePort } from './parse.ts';
import { keysCommand } from './serve-keys.ts';
import { untilStopped } from './until-stopped.ts';

interface ServeOptions extends SharedOptions {
  host?: string;
  port?: number;
  logLevel: string;
}

const LEVELS = ['debug', 'info', 'warn', 'error'];

export function serveCommand(program: Command, context: Context): void {
  const serve = program
    .command('serve')
    .summary('serve the API and the web page')
    .description(
      'Serves the promoted index and themes: the API below /v1, its documentation at /docs, the web page at /.\n' +
        'Goes over to each index that a run promotes. SIGTERM answers what has been asked, then ends.',
    );
  withSharedOptions(serve.command('start', { isDefault: true }))
    .summary('serve until stopped (what throughline serve does)')
    .option('--host <address>', 'address to listen on (default: serve.host, 127.0.0.1)')
    .option('--port <number>', 'port; 0: any that is free (default: serve.port, 8080)', parsePort)
    .addOption(
      new Option('--log-level <level>', 'least level of what is logged').choices(LEVELS).default('info'),
    )
    .addHelpText('after', '\nExample:\n  throughline serve --port 8080\n')
    .action(async (options: ServeOptions) => {
      const loaded = await configOf(options, context);
      const { openLogger, startServer } = await import('../serve/index.ts');
      const { host = loaded.config.serve.host, port = loaded.config.serve.port, profile } = options;
      const { env, clock, terminal } = context;
      const logger = openLogger(options.logLevel);
      const lake = await lakeNamedBy(loaded);
      await using server = await startServer(lake, loaded, { host, port, profile }, { env, clock, logger });
      if (options.json) terminal.print(JSON.stringify({ url: server.url }));
      else
        terminal.print(`Throughline serves ${loaded.config.name} at ${server.url} (API: ${server.url}/docs)`);
      await untilStopped();
    });
  keysCommand(serve, context);
}
