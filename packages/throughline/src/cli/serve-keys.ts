/** API keys of a lake: made, listed, revoked. */
import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { SCOPES, type Scope } from '../api/about.ts';
import { EXIT, ThroughlineError } from '../error.ts';
import type { Lake } from '../lake/lake.ts';
import type { StoredKey } from '../serve/keys/key-store.ts';
import { type Context, lakeOf, printJson, type SharedOptions, withSharedOptions } from './context.ts';
import { parseDuration } from './parse.ts';
import { printable, table } from './terminal.ts';

interface CreateOptions extends SharedOptions {
  scope: Scope[];
  filter?: string;
  expires?: number;
}

export function keysCommand(serve: Command, context: Context): void {
  const keys = serve.command('keys').summary('API keys: make, list, revoke');
  withSharedOptions(keys.command('create <name>'))
    .summary('make a key; it is shown once, and only its hash is kept')
    .option('--scope <scope...>', `${SCOPES.join(', ')}: what it may do`, parseScope, [])
    .option('--filter <cel>', 'the only records that it may ever see, on every route')
    .option(
      '--expires <duration>',
      'how long it is valid, such as 30d (default: until it is revoked)',
      parseDuration,
    )
    .addHelpText(
      'after',
      `
read: ask and look; feedback: say whether a hit is relevant; admin: change themes, index versions, retry.
Without --scope the key has read and feedback.

Example:
  throughline serve keys create "support desk" --scope read --filter 'product == "Mortgage"'
`,
    )
    .action(async (name: string, options: CreateOptions) => {
      const lake = await lakeOf(options, context);
      const { createKey } = await import('../serve/keys/key-store.ts');
      const { filter, expires, scope } = options;
      if (filter !== undefined) await checkFilter(lake, filter);
      const { clock } = context;
      const expiresAt = expires === undefined ? undefined : clock() + expires;
      const scopes: Scope[] = scope.length === 0 ? ['read', 'feedback'] : [...new Set(scope)];
      const made = await createKey(lake, { name, scopes, filter, expiresAt }, { random: randomBytes, clock });
      if (options.json) return printJson(context, { key: made.text, ...shown(made.key) });
      context.terminal.print(made.text);
      context.terminal.log('This is the only time that it is shown. Send it as: Authorization: Bearer KEY');
    });
  withSharedOptions(keys.command('list', { isDefault: true }))
    .summary('list keys: what they may do, when they were last used')
    .addHelpText('after', '\nExample:\n  throughline serve keys list\n')
    .action(async (options: SharedOptions) => {
      const lake = await lakeOf(options, context);
      const { lastUsed, listKeys } = await import('../serve/keys/key-store.ts');
      const found = await Promise.all(
        (await listKeys(lake)).map(async (key) => ({
          ...shown(key),
          lastUsed: iso(await lastUsed(lake, key.id)),
        })),
      );
      if (options.json) return printJson(context, { keys: found });
      const rows = found.map(({ id, name, scopes, filter, created, lastUsed, state }) => [
        ...[id, printable(name), scopes.join(', '), filter ?? '', created.slice(0, 10)],
        ...[lastUsed?.slice(0, 16).replace('T', ' ') ?? 'never', state],
      ]);
      const header = ['id', 'name', 'scopes', 'filter', 'created', 'last used (UTC)', 'state'];
      for (const line of table(header, rows)) context.terminal.print(line);
    });
  withSharedOptions(keys.command('revoke <id>'))
    .summary('end a key; servers notice within five seconds')
    .addHelpText('after', '\nExample:\n  throughline serve keys revoke 3f2a9c1b7d\n')
    .action(async (id: string, options: SharedOptions) => {
      const { revokeKey } = await import('../serve/keys/key-store.ts');
      const key = await revokeKey(await lakeOf(options, context), id, context.clock);
      if (options.json) printJson(context, shown(key));
      else context.terminal.print(`revoked: ${printable(key.name)} (${key.id})`);
    });

  function shown({ id, name, scopes, filter, createdAt, expiresAt, revokedAt }: StoredKey) {
    const isExpired = expiresAt !== undefined && expiresAt <= context.clock();
    const state = revokedAt !== undefined ? 'revoked' : isExpired ? 'expired' : 'valid';
    const created = iso(createdAt)!;
    return { id, name, scopes, filter: filter ?? null, created, expires: iso(expiresAt), state };
  }
}

function iso(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}

function parseScope(value: string, before: Scope[]): Scope[] {
  const scope = SCOPES.find((one) => one === value);
  if (scope) return [...before, scope];
  throw new ThroughlineError(`--scope ${value}: it is one of ${SCOPES.join(', ')}`, {
    code: 'usage',
    exitCode: EXIT.usage,
  });
}

/** Against the columns of what is promoted: a filter that fits nothing would make a key that opens nothing. */
async function checkFilter(lake: Lake, filter: string): Promise<void> {
  const { existingBuild } = await import('../lake/build.ts');
  const { promotedOrNewestBuild } = await import('../lake/lake.ts');
  const { searchFilter } = await import('../search/search-filter.ts');
  const { info } = await existingBuild(lake, await promotedOrNewestBuild(lake));
  searchFilter(info.mapping, filter);
}
