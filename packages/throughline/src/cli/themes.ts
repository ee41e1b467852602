import type { Command } from 'commander';
import {
  type Context,
  configOf,
  lakeNamedBy,
  lakeOf,
  printJson,
  type SharedOptions,
  withSharedOptions,
} from './context.ts';
import { withInterrupt } from './interrupt.ts';
import { printDiff, printList, printTheme, printVersions } from './print-themes.ts';
import { themeEditCommands } from './theme-edits.ts';
import { themeTaxonomyCommands } from './theme-taxonomy.ts';
import { themeTrendsCommand } from './theme-trends.ts';

export function themesCommand(program: Command, context: Context): void {
  const themes = program.command('themes').summary('what the texts are about');
  withSharedOptions(themes.command('list', { isDefault: true }))
    .summary('list themes, the largest first')
    .option('--all', 'those that are hidden as well')
    .addHelpText('after', '\nExample:\n  throughline themes --json\n')
    .action(async (options: SharedOptions & { all?: boolean }) => {
      const { listThemes } = await import('../theme/index.ts');
      const list = await listThemes(await lakeOf(options, context), { all: options.all === true });
      if (options.json) printJson(context, list);
      else printList(context, list);
    });
  withSharedOptions(themes.command('show <id>'))
    .summary('show one theme: keywords, attributes, passages')
    .addHelpText('after', '\nExample:\n  throughline themes show t001\n')
    .action(async (id: string, options: SharedOptions) => {
      const { showTheme } = await import('../theme/index.ts');
      const theme = await showTheme(await lakeOf(options, context), id);
      if (options.json) printJson(context, theme);
      else printTheme(context, theme);
    });
  withSharedOptions(themes.command('versions'))
    .summary('the versions that are there, the newest first')
    .addHelpText('after', '\nExample:\n  throughline themes versions\n')
    .action(async (options: SharedOptions) => {
      const { listThemesVersions } = await import('../theme/index.ts');
      const versions = await listThemesVersions(await lakeOf(options, context));
      if (options.json) printJson(context, { versions });
      else printVersions(context, versions);
    });
  withSharedOptions(themes.command('diff [from] [to]'))
    .summary('what became of the themes: same, split, merged, born, faded')
    .description(
      'Compares the promoted version with the one before it, unless told, by all passages that are in both.',
    )
    .addHelpText('after', '\nExample:\n  throughline themes diff\n')
    .action(async (from: string | undefined, to: string | undefined, options: SharedOptions) => {
      const { diffThemes } = await import('../theme/index.ts');
      const lake = await lakeOf(options, context);
      const diff = await diffThemes(lake, { ...(from && { from }), ...(to && { to }) });
      if (options.json) printJson(context, diff);
      else printDiff(context, diff);
    });
  withSharedOptions(themes.command('fit'))
    .summary('fit the themes anew, whatever themes.refit says; they keep their ids')
    .addHelpText('after', '\nExample:\n  throughline themes fit\n')
    .action(async (options: SharedOptions) => {
      const loaded = await configOf(options, context);
      const lake = await lakeNamedBy(loaded);
      const { configuredProgram, configuredTaxonomy, fitPromoted, openNaming, unnamedThemes } = await import(
        '../theme/index.ts'
      );
      const { specOf } = await import('../model/index.ts');
      const { themes: settings, embed } = loaded.config;
      const spec = specOf(embed, loaded.directory);
      const taxonomy = await configuredTaxonomy(loaded);
      const program = await configuredProgram(loaded);
      await using naming = openNaming(settings, spec, context.env);
      const guide = taxonomy && { taxonomy, spec };
      context.terminal.log('Finding themes ...');
      const fitted = await withInterrupt(context, (signal) =>
        fitPromoted(lake, settings, { signal, clock: context.clock, naming, program, guide }),
      );
      const unnamed = unnamedThemes(fitted.names);
      if (unnamed !== undefined) context.terminal.log(unnamed);
      if (options.json) printJson(context, fitted);
      else context.terminal.print(`themes ${fitted.version} serve now`);
    });
  themeTaxonomyCommands(themes, context);
  themeTrendsCommand(themes, context);
  themeEditCommands(themes, context);
}
