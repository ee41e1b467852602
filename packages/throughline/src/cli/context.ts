/** What every command needs: options that all share, the config, and the lake it names. */
import { randomUUID } from 'node:crypto';
import { type Command, Option } from 'commander';
import { type LoadedConfig, loadConfig } from '../config/index.ts';
import { existingLake, type Lake } from '../lake/lake.ts';
import { lakeRootOf } from '../lake/lake-path.ts';
import { parseEngine } from './parse.ts';
import { openTerminal, type Terminal } from './terminal.ts';

export interface SharedOptions {
  config: string;
  profile?: string;
  json?: boolean;
  /** Of commands that read the source. */
  engine?: string;
}

export interface Context {
  terminal: Terminal;
  clock: () => number;
  newId: () => string;
  env: NodeJS.ProcessEnv;
}

export function defaultContext(): Context {
  return { terminal: openTerminal(), clock: Date.now, newId: randomUUID, env: process.env };
}

export function withSharedOptions(command: Command): Command {
  return command
    .option('-c, --config <file>', 'config file', 'throughline.yaml')
    .option('-p, --profile <name>', 'overlay profiles.NAME of the config')
    .option('--json', 'one JSON document on stdout, everything else on stderr')
    .addOption(
      new Option('--log <form>', 'what stderr is: plain lines, or JSON (THROUGHLINE_LOG)').choices([
        'plain',
        'json',
      ]),
    );
}

export function withEngineOption(command: Command): Command {
  return command.option(
    '--engine <engine>',
    "instead of the config's: local, or a cluster's address (sc://host:15002)",
    parseEngine,
  );
}

export function configOf(
  { config, profile, engine }: SharedOptions,
  { env }: Context,
): Promise<LoadedConfig> {
  return loadConfig(config, { profile, engine, env });
}

export async function lakeOf(options: SharedOptions, context: Context): Promise<Lake> {
  return lakeNamedBy(await configOf(options, context));
}

export function lakeNamedBy({ config, directory }: LoadedConfig): Promise<Lake> {
  return existingLake(lakeRootOf(directory, config.lake));
}

/** bigint-safe JSON of a result, as the one document on stdout. */
export function printJson({ terminal }: Context, value: unknown, indent = 2): void {
  const json = JSON.stringify(
    value,
    (_, inner) => (typeof inner === 'bigint' ? Number(inner) : inner),
    indent,
  );
  terminal.print(escapeUnseen(json));
}

/** The same document: characters that a terminal does not show, but obeys, can stand in strings only. */
function escapeUnseen(json: string): string {
  return json.replace(/[\u007f-\u009f\p{Cf}\u2028\u2029]/gu, (character) =>
    Array.from(
      { length: character.length },
      (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
}
