/** `throughline.yaml` for a source that was looked at: what was chosen, why, and what else could be said. Pure. */
import { stringify } from 'yaml';
import type { ChosenAttribute, ChosenColumns } from './choose-columns.ts';
import type { LookedAt } from './look.ts';

export interface ConfigInput {
  name: string;
  /** As `source.path` says it: relative to the folder of the config. */
  path: string | readonly string[];
  looked: Pick<LookedAt, 'format' | 'rows' | 'more' | 'columns'>;
  chosen: ChosenColumns;
  /** Languages of the texts beside English, as ISO 639-1. */
  languages: readonly string[];
  lake: string;
}

/** The text of the file, and what its reader has to decide. */
export function writeConfig(input: ConfigInput): { yaml: string; questions: string[] } {
  const { name, looked, chosen } = input;
  const questions = questionsOf(input);
  const rows = `${looked.more ? 'the first ' : ''}${looked.rows.toLocaleString('en-US')} rows`;
  const yaml = `# Written by throughline init, which looked at ${rows}. Every setting: docs/config.md
name: ${scalar(name)}

source:
${sourceLines(input)
  .map((line) => `  ${line}`)
  .join('\n')}
${questions.map((question) => `\n# QUESTION: ${question}`).join('')}${questions.length > 0 ? '\n' : ''}
# How the history is cut; without it the planner chooses, and says so.
${chosen.timestamp ? `# chunk: { by: ${scalar(chosen.timestamp.column)}, every: 1M }` : '# chunk: { by: file }'}

# The model: minilm is in the package and reads English. Others: openai:NAME, onnx:FOLDER, hub:ORG/NAME@REVISION, a command.
embed: { model: minilm }

lake: ${scalar(input.lake)}

# What has to be true of the records, or nothing is promoted: docs/quality.md
quality:
  - { check: row_count, min: 1 }
${chosen.id ? `  - { check: unique, column: ${scalar(chosen.id)}, severity: warn }\n` : ''}
# What is good enough, agreed by data science and data engineering: docs/readiness.md
# acceptance: { deadLetterRate: { max: 0.001 }, freshness: { max: 24h } }

# Another place of the same pipeline: throughline run --profile prod
# profiles: { prod: { lake: "s3://bucket/${name}", engine: { spark: "\${SPARK_URL}" } } }
`;
  return { yaml, questions };
}

function sourceLines({ path, looked: { format, columns }, chosen }: ConfigInput): string[] {
  const { id, text, timestamp, attributes, left } = chosen;
  const filled = (name: string) => columns.find((column) => column.name === name)?.filled ?? 1;
  const lines = [`type: ${format.type}`, `path: ${flow(path)}`];
  if (format.type === 'csv') {
    if (format.delimiter !== ',') lines.push(`delimiter: ${JSON.stringify(format.delimiter)}`);
    if (format.quote !== '"') lines.push(`quote: ${JSON.stringify(format.quote)}`);
    if (format.encoding !== 'utf-8') lines.push(`encoding: ${format.encoding}`);
    if (format.header === false)
      lines.push('header: false  # the first line is a row: columns are column1, column2, ...');
  }
  lines.push(
    id === undefined
      ? '# id: none is unique; a record is known by a hash of its content'
      : `id: ${scalar(id)}`,
  );
  lines.push(
    `text: ${flow(text.length === 1 ? text[0]! : text)}${text.length > 1 ? '  # joined by a blank line' : ''}`,
  );
  if (timestamp === undefined) lines.push('# timestamp: no column has a time in nearly every row');
  else {
    const missing = 1 - filled(timestamp.column);
    const note = missing > 0 ? `  # ${percent(missing)} of the rows have none: they become dead letters` : '';
    lines.push(`timestamp: ${scalar(timestamp.column)}${note}`);
    if (timestamp.format !== undefined) lines.push(`format: ${scalar(timestamp.format)}`);
  }
  if (attributes.length > 0)
    lines.push('attributes:  # kept, shown, to filter by', ...attributes.map(attributeLine));
  if (left.length > 0)
    lines.push('# Left out:', ...left.map(({ column, reason }) => `#   ${comment(column)}: ${reason}`));
  return lines;
}

function attributeLine({ name, column, type }: ChosenAttribute): string {
  if (type !== 'string') return `  - { ${name}: { column: ${scalar(column)}, type: ${type} } }`;
  return `  - ${name === column ? name : `{ ${name}: ${scalar(column)} }`}`;
}

function questionsOf({ looked: { format }, chosen: { timestamp }, languages }: ConfigInput): string[] {
  const questions: string[] = [];
  if (format.header === false)
    questions.push(
      'is the first line a row? It looks like one; if it names the columns, take header: false away.',
    );
  if (timestamp?.otherwise !== undefined)
    questions.push(
      `is ${comment(timestamp.column)} written as ${timestamp.format} or as ${timestamp.otherwise}? Every value reads as both.`,
    );
  if (languages.length > 0)
    questions.push(
      `many texts seem to be in ${languages.join(', ')}, which minilm does not know. Which model does? Such as hub:intfloat/multilingual-e5-small@REVISION`,
    );
  return questions;
}

/** One line of YAML, in quotes where it needs them. */
function scalar(value: string): string {
  const plain = stringify(value, { lineWidth: 0 }).trimEnd();
  return plain.includes('\n') || /[,[\]{}]/.test(plain) ? JSON.stringify(value) : plain;
}

function flow(value: string | readonly string[]): string {
  return typeof value === 'string' ? scalar(value) : `[${value.map(scalar).join(', ')}]`;
}

/** A name within a comment: whatever it holds, it does not end it. */
function comment(name: string): string {
  return name.replaceAll(/\s+/g, ' ').replaceAll('${', '$ {');
}

function percent(share: number): string {
  return share < 0.001 ? 'less than 0.1 %' : `${(share * 100).toFixed(1)} %`;
}
