/** Topics that a person has named: how many passages are in each, how well that agrees, and what they miss. */
import type { Command } from 'commander';
import type { TopicState, TopicSuggestions, TopicsList } from '../theme/index.ts';
import { type Context, lakeOf, printJson, type SharedOptions, withSharedOptions } from './context.ts';
import { excerpt } from './excerpt.ts';
import { formatCount, printable, table } from './terminal.ts';

export function themeTaxonomyCommands(themes: Command, context: Context): void {
  withSharedOptions(themes.command('taxonomy'))
    .summary('topics of themes.taxonomy: sizes, and agreement with labelled examples')
    .description(
      'Agreement is measured on labelled passages that were held out. Topics with phrases alone are shown with passages to judge by.',
    )
    .addHelpText('after', '\nExample:\n  throughline themes taxonomy\n')
    .action(async (options: SharedOptions) => {
      const { listTopics } = await import('../theme/index.ts');
      const list = await listTopics(await lakeOf(options, context));
      if (options.json) printJson(context, list);
      else printTopics(context, list);
    });
  withSharedOptions(themes.command('suggest'))
    .summary('what the taxonomy misses, as YAML to paste; without a taxonomy, a draft of one')
    .addHelpText('after', '\nExample:\n  throughline themes suggest\n')
    .action(async (options: SharedOptions) => {
      const { suggestTopics } = await import('../theme/index.ts');
      const found = await suggestTopics(await lakeOf(options, context));
      if (options.json) printJson(context, found);
      else printSuggestions(context, found);
    });
}

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
const decimals = (value: number | null) => (value === null ? '' : value.toFixed(2));

function printTopics(
  { terminal }: Context,
  { topics, agreement, rest, warnings, version }: TopicsList,
): void {
  const rows = topics.map(({ name, depth, size, share, threshold, agreement }) => [
    `${'· '.repeat(depth)}${printable(name)}`,
    formatCount(size),
    percent(share),
    decimals(threshold),
    ...(agreement
      ? [decimals(agreement.precision), decimals(agreement.recall), decimals(agreement.f1)]
      : ['', '', '']),
    agreement ? `${formatCount(agreement.labelled)} labelled` : 'not measured',
  ]);
  const names = ['topic', 'passages', 'share', 'cosine from', 'precision', 'recall', 'F1', ''];
  const last = ['(the rest)', formatCount(rest.passages), percent(rest.share), '', '', '', '', ''];
  for (const line of table(names, [...rows, last])) terminal.print(line);
  const unmeasured = topics.filter((topic) => topic.agreement === null && topic.threshold !== null);
  for (const topic of unmeasured) {
    terminal.print();
    printToJudge(terminal, topic);
  }
  for (const warning of warnings) terminal.log(`warning: ${printable(warning)}`);
  terminal.log(
    agreement
      ? `${version}: of ${formatCount(agreement.labelled)} labelled passages that were held out, precision ${decimals(agreement.precision)}, recall ${decimals(agreement.recall)}, F1 ${decimals(agreement.f1)}`
      : `${version}: without labelled examples (examples:) nothing was measured`,
  );
}

const EXCERPT_LENGTH = 150;

function printToJudge(terminal: Context['terminal'], { id, nearest, borderline }: TopicState): void {
  terminal.print(`${terminal.style('bold', printable(id))}: not measured, judge by these`);
  const groups = { nearest, 'just inside': borderline.inside, 'just outside': borderline.outside };
  for (const [place, passages] of Object.entries(groups))
    for (const { recordId, text, score } of passages)
      terminal.print(
        `  ${place} (${score.toFixed(3)}) ${printable(recordId)}: "${excerpt(text, [], EXCERPT_LENGTH)}"`,
      );
}

function printSuggestions({ terminal }: Context, { missing, rare, version }: TopicSuggestions): void {
  for (const { theme, label, size, missed, keywords, representatives, yaml } of missing) {
    const counts = `${formatCount(missed)} of ${formatCount(size)} passages in no topic`;
    terminal.print(`# ${theme}  ${terminal.style('bold', printable(label))}: ${counts}`);
    terminal.print(`# keywords: ${keywords.map(printable).join(', ')}`);
    for (const { recordId, text } of representatives)
      terminal.print(`# ${printable(recordId)}: "${excerpt(text, [], EXCERPT_LENGTH)}"`);
    for (const line of yaml.split('\n')) terminal.print(`  ${line}`);
    terminal.print();
  }
  for (const { id, size } of rare)
    terminal.log(`hardly any passage is in ${printable(id)}: ${formatCount(size)}`);
  terminal.log(
    missing.length === 0
      ? `the taxonomy misses no theme of version ${version}`
      : `${missing.length} themes of version ${version} to add: paste what you want below "topics:" of the taxonomy`,
  );
}
