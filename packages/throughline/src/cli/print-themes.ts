/** Themes, their versions and edits, as people read them. */
import { themeTree } from '../api/theme-tree.ts';
import type {
  ListedEdit,
  Theme,
  ThemeChange,
  ThemeDetail,
  ThemesDiff,
  ThemesList,
  ThemesVersion,
} from '../theme/index.ts';
import type { Context } from './context.ts';
import { excerpt } from './excerpt.ts';
import { formatCount, printable, table } from './terminal.ts';

const EXCERPT_LENGTH = 150;

export function printList(
  { terminal }: Context,
  { themes, groups, version, hidden, unassigned }: ThemesList,
): void {
  const rows = themeTree([...groups, ...themes].sort((a, b) => b.size - a.size));
  for (const { theme, depth, children } of rows) {
    const indent = '  '.repeat(depth);
    const within = theme.kind === 'group' ? `, a group of ${children}` : '';
    terminal.print(`${indent}${headline(theme, (text) => terminal.style('bold', text))}${within}`);
    // Those of its themes follow.
    const shown = theme.kind === 'group' ? [] : theme.representatives;
    for (const { text } of shown) terminal.print(`${indent}      "${excerpt(text, [], EXCERPT_LENGTH)}"`);
    terminal.print();
  }
  terminal.log(`${themes.length} themes, version ${version}. One of them: throughline themes show ID`);
  if (hidden > 0) terminal.log(`${hidden} more are hidden: throughline themes --all`);
  // What is left of sums of shares is no passage.
  if (unassigned > 1e-9)
    terminal.log(`${percent(unassigned)} of the passages have no theme (themes.minScore)`);
}

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;

function headline(theme: Theme, bold: (text: string) => string): string {
  const { id, label, size, share, status, hidden, pinned } = theme;
  const marks = Object.entries({ faded: status === 'faded', pinned, hidden }).map(([mark, is]) =>
    is ? `, ${mark}` : '',
  );
  return `${id}  ${bold(printable(label))}  ${formatCount(size)} passages, ${percent(share)}${marks.join('')}`;
}

export function printTheme({ terminal }: Context, theme: ThemeDetail): void {
  terminal.print(headline(theme, (text) => terminal.style('bold', text)));
  if (theme.description !== null) terminal.print(printable(theme.description));
  terminal.print(
    `${formatCount(theme.records)} records; keywords: ${theme.keywords.map(printable).join(', ')}`,
  );
  if (theme.above.length > 0)
    terminal.print(`in ${theme.above.map(({ id, label }) => `${id} ${printable(label)}`).join(', in it ')}`);
  for (const { id, label, size, share } of theme.below)
    terminal.print(`  ${id}  ${printable(label)}  ${formatCount(size)} passages, ${percent(share)}`);
  if (theme.label !== theme.autoLabel)
    terminal.print(`called by its keywords: ${printable(theme.autoLabel)}`);
  terminal.print(`${percent(theme.unclear)} of its passages are between themes (margin below 0.1)`);
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

export function printVersions({ terminal }: Context, versions: readonly ThemesVersion[]): void {
  const rows = versions.map(({ version, themes, promoted, previous, decision }) => [
    version,
    formatCount(themes),
    promoted ? 'promoted' : '',
    previous ?? '',
    decision ? `${decision.refit ? 'fitted' : 'not fitted'}: ${decision.why}` : '',
  ]);
  for (const line of table(['version', 'themes', '', 'named after', 'why'], rows)) terminal.print(line);
}

export function printEdits({ terminal }: Context, edits: readonly ListedEdit[]): void {
  if (edits.length === 0) {
    terminal.log('Nobody has edited a theme.');
    return;
  }
  const rows = edits.map(({ number, kind, theme, what, author, at, state, why }) => [
    number,
    [kind, theme, what].filter(Boolean).join(' '),
    author,
    at.slice(0, 16).replace('T', ' '),
    why === null ? state : `${state}: ${why}`,
  ]);
  for (const line of table(['edit', 'what', 'author', 'time (UTC)', 'state'], rows)) terminal.print(line);
}

export function printDiff({ terminal }: Context, { from, to, passages, kept, themes }: ThemesDiff): void {
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
