/** Edits of themes: kept in the lake, replayed over every fit, published at once. */
import { userInfo } from 'node:os';
import type { Command } from 'commander';
import type { ThemeEditRequest } from '../theme/index.ts';
import { type Context, lakeOf, printJson, type SharedOptions, withSharedOptions } from './context.ts';
import { withInterrupt } from './interrupt.ts';
import { parseCount } from './parse.ts';
import { printEdits } from './print-themes.ts';

interface EditOptions extends SharedOptions {
  author?: string;
}

export function themeEditCommands(themes: Command, context: Context): void {
  const command = (usage: string, summary: string, example: string) =>
    withSharedOptions(themes.command(usage))
      .summary(summary)
      .option('--author <name>', "who edits (default: the user's name)")
      .addHelpText('after', `\nExample:\n  throughline themes ${example}\n`);
  const edit = (options: EditOptions, request: ThemeEditRequest) => applyEdit(context, options, request);

  command(
    'rename <id> <label>',
    'give a theme a label; the automatic one is kept beside it',
    'rename t001 "Lost cards"',
  ).action((theme: string, label: string, options: EditOptions) =>
    edit(options, { kind: 'rename', theme, label }),
  );
  command(
    'merge <id> <into>',
    'put the passages of a theme into another, now and after every fit',
    'merge t004 t001',
  ).action((theme: string, into: string, options: EditOptions) =>
    edit(options, { kind: 'merge', theme, into }),
  );
  command('split <id>', 'part a theme', 'split t001 --parts 3')
    .option('--parts <number>', 'how many parts (default: found automatically)', parseCount)
    .action((theme: string, options: EditOptions & { parts?: number }) =>
      edit(options, { kind: 'split', theme, ...(options.parts !== undefined && { parts: options.parts }) }),
    );
  command('pin <id>', 'keep a theme, also where a fit would dissolve it', 'pin t001').action(
    (theme: string, options: EditOptions) => edit(options, { kind: 'pin', theme }),
  );
  command('hide <id>', 'leave a theme out of lists; its passages keep it', 'hide t009').action(
    (theme: string, options: EditOptions) => edit(options, { kind: 'hide', theme }),
  );
  command('undo <edit>', 'take an edit back, by its number', 'undo 2').action(
    (number: string, options: EditOptions) => edit(options, { kind: 'undo', undoes: parseCount(number) }),
  );

  withSharedOptions(themes.command('edits'))
    .summary('what people have changed, by whom, and whether it has an effect')
    .addHelpText('after', '\nExample:\n  throughline themes edits\n')
    .action(async (options: SharedOptions) => {
      const { listEdits } = await import('../theme/index.ts');
      const edits = await listEdits(await lakeOf(options, context));
      if (options.json) printJson(context, { edits });
      else printEdits(context, edits);
    });
}

async function applyEdit(context: Context, options: EditOptions, request: ThemeEditRequest): Promise<void> {
  const { editThemes } = await import('../theme/index.ts');
  const lake = await lakeOf(options, context);
  const author = options.author ?? userName(context);
  const edited = await withInterrupt(context, (signal) =>
    editThemes(lake, request, { author, clock: context.clock, signal }),
  );
  if (options.json) return printJson(context, edited);
  const parts = edited.parts.length > 0 ? ` The parts are ${edited.parts.join(', ')}.` : '';
  context.terminal.print(`edit ${edited.edit} is promoted with version ${edited.version}.${parts}`);
}

/** A user of a container may have no name. */
function userName({ env }: Context): string {
  try {
    return userInfo().username;
  } catch {
    return env.USER ?? 'unknown';
  }
}
