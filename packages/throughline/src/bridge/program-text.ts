import type { ArgumentFact, FunctionSource, Recipe } from '@throughline/notebook-lint';
import type { PipelinePlan } from './pipeline-plan.ts';
import { argumentsText, quoted } from './python-text.ts';

export interface TextFile {
  readonly name: string;
  readonly text: string;
}

/** The module with the notebook's own functions. */
const MODULE = 'notebook_functions';
/** The package's module that speaks with the pipeline. */
export const KIT = 'throughline_mapper.py';

/** The statement without its secrets; `place`: of the notebook, in words. */
export type Unsecret = (statement: string, place?: string) => string;

/** Python files beside the config: the notebook's functions as they are, and programs of a few lines that call them. */
export function programFiles(
  plan: PipelinePlan,
  { functions, file, model, split: cut }: Recipe,
  unsecret: Unsecret,
): TextFile[] {
  const { clean, embed, split } = plan.programs;
  const used = new Set(
    [...(clean?.python.functions ?? []), embed?.function, embed?.ofQuestions, split].filter(
      (name) => name !== undefined,
    ),
  );
  const kept = functions.filter(({ name }) => used.has(name));
  const own = kept.length > 0 ? [{ name: `${MODULE}.py`, text: moduleText(kept, file, unsecret) }] : [];
  const made: TextFile[] = [];
  if (clean) made.push({ name: 'clean.py', text: cleanText(clean) });
  if (embed) made.push({ name: 'embed.py', text: embedText(embed, model?.value.function?.args) });
  if (split) made.push({ name: 'split.py', text: splitText(split, cut?.value.args) });
  return [...own, ...made.map(unsecretFile)];

  /** What was made of the notebook's literals has its secrets, too. */
  function unsecretFile({ name, text }: TextFile): TextFile {
    const bare = unsecret(text);
    return { name, text: bare !== text && bare.includes('os.environ[') ? `import os\n${bare}` : bare };
  }
}

function header(what: string): string {
  return `"""${what} docs/commands.md"""\n`;
}

/** Statements in the order in which they ran, each once; imports from the future come first. */
function moduleText(functions: readonly FunctionSource[], file: string, unsecret: Unsecret): string {
  const seen = new Set<string>();
  const statements = functions
    .flatMap(({ slice }) => slice)
    .filter(({ origin, source }) => {
      const key = `${origin.cell}:${origin.line}:${source}`;
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    });
  const missing = [...new Set(functions.flatMap((one) => one.missing))];
  const future = statements.filter(({ source }) => /^from __future__/.test(source));
  const others = statements.filter((one) => !future.includes(one));
  const placed = ({ origin, source }: (typeof statements)[number]) => {
    const place = `cell ${origin.cell}, line ${origin.line}`;
    return `# ${place}\n${unsecret(source, ` (${place})`)}`;
  };
  const body = others.map(placed);
  const question =
    missing.length === 0
      ? []
      : [`# QUESTION: what are ${missing.join(', ')}? The notebook does not define them.`];
  const needsOs =
    body.some((text) => text.includes('os.environ[')) && !body.some((text) => /^import os\b/m.test(text));
  return `${[
    header(
      `Functions of ${file
        .split(/[/\\]/)
        .at(-1)!
        .replace(/[^\w .-]/g, '_')}, as they are written there.`,
    ),
    ...question,
    ...future.map(placed),
    ...(needsOs ? ['import os'] : []),
    ...body,
  ].join('\n\n')}\n`;
}

function cleanText({ python, holder, parts }: NonNullable<PipelinePlan['programs']['clean']>): string {
  const { expression, functions, usesRe, usesNamespace } = python;
  const imports = [
    ...(usesRe ? ['import re'] : []),
    ...(usesNamespace ? ['from types import SimpleNamespace'] : []),
    ...(usesRe || usesNamespace ? [''] : []),
    'import throughline_mapper as mapper',
    ...(functions.length > 0 ? [`import ${MODULE} as notebook`] : []),
  ];
  const filled = [
    ...new Set([...expression.matchAll(/\(row\[("(?:[^"\\]|\\.)*")\] or /g)].map(([, name]) => name!)),
  ];
  const needed = parts.map(quoted).filter((name) => !filled.includes(name));
  return [
    header('Makes the text of a row as the notebook does.'),
    ...imports,
    ...['', '', 'def text(row):'],
    ...(needed.length > 0 && !usesNamespace && !/^notebook\.\w+\(row(, [^()]*)?\)$/.test(expression)
      ? [`    if ${needed.map((name) => `row[${name}] is None`).join(' or ')}:`, '        return None']
      : []),
    `    return ${expression}`,
    ...[
      '',
      '',
      'def clean(row):',
      `    return {${quoted(holder)}: text(row)}`,
      '',
      '',
      'mapper.rows(clean)',
      '',
    ],
  ].join('\n');
}

/** The notebook's function, with the literals that the notebook gives it after the text or texts. */
function functionText(name: string, args: Arguments, parameter: string): string {
  if (!args || args.length === 0) return `notebook.${name}`;
  return `lambda ${parameter}: notebook.${name}(${parameter}${argumentsText(args)})`;
}

type Arguments = readonly ArgumentFact[] | undefined;

function embedText(
  { function: name, takes, lines, ofQuestions }: NonNullable<PipelinePlan['programs']['embed']>,
  args: Arguments,
): string {
  const question = ofQuestions === undefined ? '' : `, question=notebook.${ofQuestions}`;
  const call =
    name === undefined
      ? 'mapper.embed(embed)'
      : takes === 'many'
        ? `mapper.embed(${functionText(name, args, 'texts')}${question})`
        : `mapper.embed_each(${functionText(name, args, 'text')}${question})`;
  const imports = name === undefined ? [] : [`import ${MODULE} as notebook`];
  const [first, ...rest] = lines;
  return [
    header('Embeds texts as the notebook does.'),
    ...(first === undefined ? [] : [first]),
    'import throughline_mapper as mapper',
    ...imports,
    ...rest,
    ...['', '', call, ''].slice(lines.length > 0 ? 0 : 1),
  ].join('\n');
}

function splitText(name: string, args: Arguments): string {
  return [
    header('Cuts texts as the notebook does.'),
    'import throughline_mapper as mapper',
    `import ${MODULE} as notebook`,
    '',
    `mapper.split(${functionText(name, args, 'text')})`,
    '',
  ].join('\n');
}
