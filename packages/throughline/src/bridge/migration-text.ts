import type { Finding, Origin, Recipe } from '@throughline/notebook-lint';
import { INSTEAD } from './instead.ts';
import type { PipelinePlan } from './pipeline-plan.ts';
import type { TextFile } from './program-text.ts';
import type { Secret } from './secrets.ts';

export interface MigrationInput {
  readonly recipe: Recipe;
  readonly plan: PipelinePlan;
  readonly findings: readonly Finding[];
  readonly secrets: readonly Secret[];
  readonly programs: readonly TextFile[];
  readonly notes: readonly string[];
  /** A path of the notebook as the config says it. */
  readonly pathOf: (path: string) => string;
}

/** `MIGRATION.md`: what was taken over, what has changed and why, what is left for a person, and how to go on. */
export function migrationText(input: MigrationInput): string {
  const { recipe } = input;
  const sections = [
    `# From ${inline(recipe.file.split(/[/\\]/).at(-1)!)} to production\n`,
    'Written by `throughline init --from`. Cells are counted from 0, lines from 1.\n',
    `## What was taken over\n\n${takenOver(input)}`,
    `## What has changed, and why\n\n${changed(input)}`,
    `## What is left for a person\n\n${left(input)}`,
    `## How to go on\n\n${commands(input)}`,
  ];
  return `${sections.join('\n').trimEnd()}\n`;
}

function takenOver({ plan, programs, recipe }: MigrationInput): string {
  const rows = plan.settings
    .filter(({ value, origin }) => value !== undefined && origin !== undefined)
    .map(({ path, value, origin }) => [`\`${path.join('.')}\``, code(JSON.stringify(value)), place(origin!)]);
  for (const { name } of programs)
    rows.push([`\`${name}\``, inline(PROGRAMS[name] ?? ''), functionPlaces(name, recipe)]);
  if (rows.length === 0) return 'Nothing: see below.\n';
  return `${['| in throughline.yaml | value | from |', '| --- | --- | --- |', ...rows.map((cells) => `| ${cells.join(' | ')} |`)].join('\n')}\n`;
}

const PROGRAMS: Readonly<Record<string, string>> = {
  'notebook_functions.py': "the notebook's own functions, byte for byte, with what they need",
  'clean.py': 'makes the text of a row',
  'embed.py': 'makes vectors of texts',
  'split.py': 'cuts texts into passages',
};

function functionPlaces(name: string, { functions }: Recipe): string {
  if (name !== 'notebook_functions.py') return '';
  return functions.map(({ origin }) => place(origin)).join('; ');
}

function changed({ plan, findings, secrets }: MigrationInput): string {
  const lines = plan.changes.map(({ what, why }) => `- **${inline(what)}**: ${inline(why)}`);
  for (const { variable, cell, line } of secrets)
    lines.push(
      `- **a key in the notebook (cell ${cell}, line ${line}) -> \`${variable}\` of the environment**: revoke the one that was written out; whoever had the notebook has it.`,
    );
  for (const [rule, [what, why]] of Object.entries(INSTEAD)) {
    const places = findings
      .filter((finding) => finding.rule === rule)
      .map(({ cell, line }) => `cell ${cell}, line ${line}`);
    if (places.length > 0) lines.push(`- **${what}** (${several(places)}): ${why}`);
  }
  lines.push(
    "- **an order by the notebook's index -> an approximate index**: measured against an exact scan before it serves (index.minRecall).",
  );
  lines.push(
    '- **what pandas takes for nothing** ("NA", "null", "None", ...) **-> the texts as they are**: only an empty cell is nothing here.',
  );
  return `${[...new Set(lines)].join('\n')}\n`;
}

const MOST_PLACES = 4;

function several(places: readonly string[]): string {
  const more = places.length - MOST_PLACES;
  return `${places.slice(0, MOST_PLACES).join('; ')}${more > 0 ? `; ${more} more` : ''}`;
}

function left({ plan, recipe, findings, programs, notes }: MigrationInput): string {
  const items = plan.settings.flatMap(({ path, questions = [] }) =>
    questions.map((text) => `\`${path.join('.')}\`: ${inline(text)}`),
  );
  const shown = new Set(plan.settings.flatMap(({ questions = [] }) => questions));
  for (const { about, text, origin } of recipe.questions)
    if ((about === 'function' || about === 'source') && !shown.has(text))
      items.push(`${inline(text)}${origin ? ` (${place(origin)})` : ''}`);
  if (programs.length > 0)
    items.push(
      'Name the packages that the Python files import, with versions, and install them where the pipeline runs.',
    );
  for (const { cell, line, message, rule } of findings)
    if (/^(unseeded-random|unpinned-install|use-before-def|wrong-prefix)$/.test(rule))
      items.push(`cell ${cell}, line ${line}: ${inline(message)} (\`${rule}\`)`);
  items.push(
    'Agree on what is good enough, and write it into `acceptance:` (docs/readiness.md).',
    'Say what must be true of the records: `quality:` (docs/quality.md).',
  );
  items.push(...notes.map(inline));
  return `${[...new Set(items)].map((item) => `- [ ] ${item}`).join('\n')}\n`;
}

/** Files that compare reads. */
const COMPARED = /^(csv|parquet|npy)$/;

function commands(input: MigrationInput): string {
  const { recipe } = input;
  const lines = [
    'throughline doctor        # whether the pipeline can run here',
    'throughline plan          # what a run would read, embed and cost',
    'throughline run',
    compareLine(input),
  ];
  const queries = recipe.queries.slice(0, 5).map(({ value }) => `throughline search ${shellQuoted(value)}`);
  const asked =
    queries.length === 0
      ? ''
      : `\nThe questions of the notebook:\n\n\`\`\`sh\n${queries.join('\n')}\n\`\`\`\n`;
  return `\`\`\`sh\n${lines.join('\n')}\n\`\`\`\n\n${referenceNote(input)}\n${asked}`;
}

function reference({ outputs }: Recipe) {
  const able = outputs.filter(
    ({ value: { path, format } }) => path !== undefined && (COMPARED.test(format) || /\.jsonl$/.test(path)),
  );
  return able.filter(({ value }) => value.vectors).at(-1) ?? able.at(-1);
}

function compareLine({ recipe, plan, pathOf }: MigrationInput): string {
  const found = reference(recipe);
  const path = found ? pathOf(found.value.path!) : 'notebook.parquet';
  const id = plan.id === undefined ? '' : ` --id ${shellWord(plan.id)}`;
  const text =
    plan.text.length === 1 && recipe.text?.value.op === 'column' ? ` --text ${shellWord(plan.text[0]!)}` : '';
  const ids = found?.value.format === 'npy' ? ' --ids IDS.csv' : '';
  const lake = String(plan.settings.find((setting) => setting.path[0] === 'lake')?.value ?? './lake');
  return `throughline compare ${shellWord(path)} ${shellWord(lake)}${id}${text}${ids}`;
}

function referenceNote({ recipe }: MigrationInput): string {
  const found = reference(recipe);
  const sampled = recipe.steps.some(({ value }) => value.op === 'sample')
    ? ' The notebook works on a sample: name how many rows may be there besides with `--extra`.'
    : '';
  if (found) return `The reference is what the notebook writes itself (${place(found.origin)}).${sampled}\n`;
  const other = recipe.outputs.find(({ value }) => value.vectors);
  const why = other
    ? `The notebook writes ${inline(other.value.path ?? 'a file')} as ${other.value.format}, which is not compared.`
    : 'The notebook writes no file with its vectors.';
  return `${why} Let it write one, with id, text and vector: \`df.to_parquet("notebook.parquet")\`.${sampled}\n`;
}

function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : shellQuoted(text);
}

function shellQuoted(text: string): string {
  return `'${text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').replaceAll("'", "'\\''")}'`;
}

/** Text of the notebook within Markdown: one line that makes no markup, no link and no column of a table. */
function inline(text: string): string {
  return text
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(/[<&]/g, (sign) => (sign === '<' ? '&lt;' : '&amp;'))
    .replace(/[[\]|*_]/g, (sign) => `\\${sign}`);
}

function place({ cell, line, source }: Origin): string {
  const [first = '', ...more] = source.trim().split('\n');
  return `cell ${cell}, line ${line}: ${code(more.length > 0 && !first.endsWith('...') ? `${first} ...` : first)}`;
}

function code(text: string): string {
  const flat = text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').replaceAll('|', '\\|');
  return flat.includes('`') ? inline(flat) : `\`${flat}\``;
}
