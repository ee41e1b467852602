import type { Command } from 'commander';
import type { ThemesEvaluation } from '../theme/index.ts';
import { type Context, lakeOf, printJson, type SharedOptions, withSharedOptions } from './context.ts';
import { formatCount, printable, table } from './terminal.ts';

export function evalThemesCommand(evaluate: Command, context: Context): void {
  withSharedOptions(evaluate.command('themes'))
    .summary('the promoted themes against a field that says what each record is about')
    .requiredOption('--labels <field>', 'an attribute of text: a category, a product, a team')
    .addHelpText('after', '\nExample:\n  throughline eval themes --labels product\n')
    .action(async ({ labels, ...options }: SharedOptions & { labels: string }) => {
      const { evaluateThemes } = await import('../theme/index.ts');
      const evaluation = await evaluateThemes(await lakeOf(options, context), labels);
      if (options.json) printJson(context, evaluation);
      else print(context, evaluation);
    });
}

function print({ terminal }: Context, found: ThemesEvaluation): void {
  const figure = (value: number | null) => (value === null ? 'none' : value.toFixed(3));
  const rows = [
    ['AMI', figure(found.ami), 'mutual information beyond chance: 1 is the same grouping, 0 chance'],
    ['NMI', figure(found.nmi), 'mutual information; it grows with the number of groups'],
    ['ARI', figure(found.ari), 'pairs of records that are grouped alike, beyond chance'],
    ['homogeneity', figure(found.homogeneity), 'themes are of one label each'],
    ['completeness', figure(found.completeness), 'labels are in one theme each'],
    ['coverage', figure(found.coverage), 'passages that have a theme'],
    ['coherence', figure(found.coherence), 'keywords of a theme stand in the same texts (NPMI, -1 to 1)'],
    ['diversity', figure(found.diversity), 'keywords that are different'],
  ];
  for (const line of table(['measure', 'value', ''], rows)) terminal.print(line);
  terminal.log(
    `${formatCount(found.themes)} themes, ${formatCount(found.classes)} values of ${printable(found.labels)}, ${formatCount(found.records)} records; ${formatCount(found.unlabelled)} without a label left out`,
  );
}
