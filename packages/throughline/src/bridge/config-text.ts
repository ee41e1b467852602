import { stringify } from 'yaml';
import type { PipelinePlan } from './pipeline-plan.ts';
import { placeOf, type Setting } from './setting.ts';

const SECTIONS: Readonly<Record<string, string>> = {
  source: 'What is read',
  transform: 'What is done with rows before they are embedded',
  split: 'How texts become passages',
  embed: 'The model',
  themes: 'Themes',
};

/** `throughline.yaml`: each value with its origin, and what a person has to answer. */
export function configText(plan: PipelinePlan, notebook: string): string {
  const lines = [
    `# Written by throughline init --from ${flat(notebook)}. Every setting: docs/config.md`,
    '# What the notebook does not say stands behind QUESTION. What has changed, and what to do next: MIGRATION.md',
    `name: ${scalar(plan.name)}`,
  ];
  const sections = [...new Set(plan.settings.map(({ path }) => path[0]!))];
  for (const section of sections) {
    const settings = plan.settings.filter(({ path }) => path[0] === section);
    lines.push('');
    if (section === 'lake') {
      lines.push(`lake: ${scalar(String(settings[0]!.value))}`);
      continue;
    }
    // A section without a value would be null, which is none.
    const empty = settings.every(({ value }) => value === undefined);
    if (SECTIONS[section]) lines.push(`# ${SECTIONS[section]}`);
    if (!empty) lines.push(`${section}:`);
    for (const setting of settings) lines.push(...settingLines(setting, empty ? '' : '  '));
  }
  return `${lines.join('\n')}\n`;
}

function settingLines(
  { path, value, origin, notes = [], questions = [] }: Setting,
  indent: string,
): string[] {
  const comments = [
    ...questions.map((question) => `QUESTION: ${question}`),
    ...notes,
    ...(origin ? [`from ${placeOf(origin)}`] : []),
  ];
  const lines = comments.map((comment) => `${indent}# ${flat(comment)}`);
  if (value === undefined) return lines;
  if (path[0] === 'transform') return [...lines, `${indent}- ${flow(value)}`];
  const key = path.at(-1)!;
  if (Array.isArray(value) && value.some((entry) => typeof entry === 'object'))
    return [...lines, `${indent}${key}:`, ...value.map((entry) => `${indent}  - ${flow(entry)}`)];
  return [...lines, `${indent}${key}: ${flow(value)}`];
}

/** A comment is one line, whatever it quotes. */
function flat(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
}

/** A value on one line. JSON is YAML. */
function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (typeof value === 'object' && value !== null)
    return `{ ${Object.entries(value)
      .map(([key, inner]) => `${scalar(key)}: ${flow(inner)}`)
      .join(', ')} }`;
  return typeof value === 'string' ? scalar(value) : String(value);
}

/** A text on one line, in quotes where it needs them. */
function scalar(value: string): string {
  const plain = stringify(value, { lineWidth: 0 }).trimEnd();
  if (!plain.includes('\n') && !/[,[\]{}#"]/.test(plain)) return plain;
  // Single quotes spare the backslashes of CEL and of Python.
  return /[\p{Cc}\u2028\u2029]/u.test(value) ? JSON.stringify(value) : `'${value.replaceAll("'", "''")}'`;
}
