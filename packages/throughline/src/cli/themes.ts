import type { Command } from 'commander';
import type {
  Theme,
  ThemeChange,
  ThemeDetail,
  ThemesDiff,
  ThemesList,
  ThemesVersion,
} from '../theme/index.ts';
import { type Context, lakeOf, printJson, type SharedOptions, withSharedOptions } from './context.ts';
import { excerpt } from './excerpt.ts';
import { formatCount, printable, table } from './terminal.ts';

export function themesCommand(program: Command, context: Context): void {
  const themes = program.command('themes').summary('what the texts are about');
  withSharedOptions(themes.command('list', { isDefault: true }))
    .summary('list themes, the largest first')
    .addHelpText('after', '\nExample:\n  throughline themes --json\n')
    .action(async (options: SharedOptions) => {
      const { listThemes } = await import('../theme/index.ts');
      const list = await listThemes(await lakeOf(options, context));
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
}

const EXCERPT_LENGTH = 150;

function printList({ terminal }: Context, { themes, version }: ThemesList): void {
  for (const theme of themes) {
    terminal.print(headline(theme, (text) => terminal.style('bold', text)));
    for (const { text } of theme.representatives)
      terminal.print(`      "${excerpt(text, [], EXCERPT_LENGTH)}"`);
    terminal.print();
  }
  terminal.log(`${themes.length} themes, version ${version}. One of them: throughline themes show ID`);
}

function headline({ id, label, size, share }: Theme, bold: (text: string) => string): string {
  return `${id}  ${bold(printable(label))}  ${formatCount(size)} passages, ${(share * 100).toFixed(1)} %`;
}

function printTheme({ terminal }: Context, theme: ThemeDetail): void {
  terminal.print(headline(theme, (text) => terminal.style('bold', text)));
  terminal.print(
    `${formatCount(theme.records)} records; keywords: ${theme.keywords.map(printable).join(', ')}`,
  );
  for (const [name, values] of Object.entries(theme.attributes)) {
    const shares = values.map(({ value, share }) => `${printable(value)} ${(share * 100).toFixed(0)} %`);
    terminal.print(`${name}: ${shares.join(', ')}`);
  }
  terminal.print();
  terminal.print('Representative:');
  for (const { recordId, text } of theme.representatives)
    terminal.print(`  ${printable(recordId)}: ${excerpt(text, [], 400)}`);
  terminal.print();
  terminal.print('Clearest members:');
  for (const { recordId, text, margin } of theme.passages)
    terminal.print(
      `  ${printable(recordId)} (margin ${margin.toFixed(2)}): ${excerpt(text, [], EXCERPT_LENGTH)}`,
    );
}

function printVersions({ terminal }: Context, versions: readonly ThemesVersion[]): void {
  const rows = versions.map(({ version, themes, promoted, previous }) => [
    version,
    formatCount(themes),
    promoted ? 'promoted' : '',
    previous ?? '',
  ]);
  for (const line of table(['version', 'themes', '', 'named after'], rows)) terminal.print(line);
}

function printDiff({ terminal }: Context, { from, to, passages, kept, themes }: ThemesDiff): void {
  for (const change of themes) {
    terminal.print(
      `${change.id}  ${terminal.style('bold', printable(change.label))}  ${change.status}, ${sizes(change)}`,
    );
    if (change.status === 'same') continue;
    for (const { id, label, passages, share } of change.shares.slice(0, SHOWN_SHARES)) {
      const direction = change.after === null ? 'to' : 'from';
      terminal.print(
        `      ${formatCount(passages)} (${(share * 100).toFixed(0)} %) ${direction} ${id} ${printable(label)}`,
      );
    }
  }
  const share = passages === 0 ? '' : ` (${((kept / passages) * 100).toFixed(1)} %)`;
  terminal.log(
    `${from} to ${to}: ${formatCount(kept)} of ${formatCount(passages)} passages${share} kept their theme`,
  );
}

const SHOWN_SHARES = 4;

function sizes({ before, after }: ThemeChange): string {
  const count = (passages: number | null) => (passages === null ? 'none' : formatCount(passages));
  return `${count(before)} to ${count(after)} passages`;
}
