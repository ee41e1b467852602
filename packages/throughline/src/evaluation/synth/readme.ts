import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SearchEvaluation } from '../evaluate-search.ts';
import type { Synthesised } from './synthesise.ts';

/** Says beside the files where they come from and what they are worth. */
export async function writeReadme(
  folder: string,
  { field, seed, build, made, overlap }: Synthesised,
  worth: readonly string[],
  evaluation: SearchEvaluation | undefined,
): Promise<void> {
  const relevant = made.reduce((sum, { recordIds }) => sum + recordIds.length, 0);
  const text = `# Judgements made from records

\`throughline eval synth --query ${field}\`, seed ${seed}, build ${build}: ${made.length} queries, ${relevant} relevant records.

${worth.map((sentence) => `- ${sentence}`).join('\n')}

| | |
| --- | --- |
| words of a query that stand in the text of its record, on average | ${percent(overlap.words)} |
| queries that stand there as they are | ${percent(overlap.contained)} |

${evaluation === undefined ? 'No index was there to ask.' : measured(evaluation)}
`;
  await writeFile(join(folder, 'README.md'), text);
}

function measured({ index, modes, intervals }: SearchEvaluation): string {
  const rows = (Object.keys(modes) as (keyof typeof modes)[]).map((mode) => {
    const [low, high] = intervals[mode]['ndcg@10'].map(decimal);
    return `| ${mode} | ${decimal(modes[mode]['ndcg@10'])} | ${low} to ${high} | ${decimal(modes[mode].mrr)} | ${decimal(modes[mode]['recall@10'])} |`;
  });
  return `Index ${index}:

| mode | nDCG@10 | 95 % | MRR | recall@10 |
| --- | --- | --- | --- | --- |
${rows.join('\n')}`;
}

function decimal(value: number): string {
  return value.toFixed(4);
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
