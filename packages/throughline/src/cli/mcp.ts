import type { Command } from 'commander';
import { type Context, configOf, lakeNamedBy, type SharedOptions, withSharedOptions } from './context.ts';
import { parsePort } from './parse.ts';
import { untilStopped } from './until-stopped.ts';

interface McpOptions extends SharedOptions {
  http?: boolean;
  port?: number;
  filter?: string;
}

export function mcpCommand(program: Command, context: Context): void {
  withSharedOptions(program.command('mcp'))
    .summary('tools for language models: search, similar, record, themes, theme_trends')
    .description(
      'Serves the Model Context Protocol on standard input and output, for a client on this machine.\n' +
        'With --http it is the server of throughline serve, which has it at /mcp, with its keys.',
    )
    .option('--http', 'by streamable HTTP, at /mcp of a server')
    .option('--port <number>', 'with --http: port (default: serve.port, 8080)', parsePort)
    .option('--filter <cel>', 'without --http: the only records that the client may ever see')
    .addHelpText(
      'after',
      `
Example, as a client's settings name it:
  { "command": "npx", "args": ["throughline", "mcp", "--config", "/path/to/throughline.yaml"] }
`,
    )
    .action(async (options: McpOptions) => {
      const loaded = await configOf(options, context);
      const lake = await lakeNamedBy(loaded);
      const { ANONYMOUS, openHandlers, openLogger, startServer } = await import('../serve/index.ts');
      const { env, clock, terminal, newId } = context;
      const { profile, filter } = options;
      const logger = openLogger('warn');
      if (options.http) {
        const { host, port } = loaded.config.serve;
        const at = { host, port: options.port ?? port, profile };
        await using server = await startServer(lake, loaded, at, { env, clock, logger });
        terminal.print(options.json ? JSON.stringify({ url: `${server.url}/mcp` }) : `${server.url}/mcp`);
        return untilStopped();
      }
      const { serveStdio } = await import('../mcp/index.ts');
      await using opened = await openHandlers(lake, loaded, { profile, env, clock, logger });
      const access = { ...ANONYMOUS, ...(filter === undefined ? {} : { within: filter }) };
      const stopped = new AbortController();
      untilStopped().then(() => stopped.abort());
      const onFault = (error: Error) => logger.error({ err: error }, 'a tool failed');
      await serveStdio(opened.handlers, { access, requestId: newId(), onFault }, stopped.signal);
    });
}
