import type { Cell } from '@throughline/notebook-lint';
import { type Suspect, scanSecrets } from './secret-scan.ts';

/** Whose key it is: by its own form, then by what stands around it. */
const NAMES: readonly (readonly [form: RegExp, around: RegExp, variable: string])[] = [
  [/^sk-/, /openai/i, 'OPENAI_API_KEY'],
  [/^pcsk_/, /pinecone/i, 'PINECONE_API_KEY'],
  [/^hf_/, /hugging/i, 'HF_TOKEN'],
  [/^co-/, /cohere/i, 'COHERE_API_KEY'],
];

/** A secret of the notebook: what it is, where it stands, and the variable of the environment to put it in. */
export interface Secret {
  readonly value: string;
  readonly cell: number;
  readonly line: number;
  readonly variable: string;
  readonly name: string | undefined;
  /** Of a literal that can be replaced as a whole: what stands between its quotes. */
  readonly literal: string | undefined;
}

const HIDDEN = '***';
/** The beginning of a secret at the end of a text that was cut: shorter ones say nothing. */
const LEAST_BEGINNING = 4;

/** What the lint takes for secrets, each value once. They are for replacing, never for showing. */
export async function secretsOf(cells: readonly Cell[]): Promise<Secret[]> {
  const variables = new Map<string, string>();
  const found = new Map<string, Secret>();
  for (const suspect of await scanSecrets(cells)) {
    const { cell, line, name, whole, literal, values } = suspect;
    const around = cells.find(({ index }) => index === cell)?.source.split('\n')[line - 1] ?? '';
    // Found as a part of a longer text, too: one secret.
    const known = [...variables].find(
      ([other]) => other === whole || other.includes(values[0] ?? whole),
    )?.[1];
    const variable = known ?? variableFor(suspect, around, new Set(variables.values()));
    variables.set(whole, variable);
    for (const value of values) {
      const before = found.get(value);
      if (!before || (before.literal === undefined && literal !== undefined))
        found.set(value, { value, cell, line, variable, name, literal });
    }
  }
  return [...found.values()].sort((a, b) => b.value.length - a.value.length);
}

const GENERAL = /^_?(api|access|secret|auth)?[_-]?(key|token|secret|password|passwd|pwd)s?$/i;

/** Of the usual name of its issuer, else of what the notebook calls it; numbered where another secret has it. */
function variableFor({ name, whole }: Suspect, around: string, taken: ReadonlySet<string>): string {
  const issuer =
    NAMES.find(([form]) => form.test(whole)) ?? NAMES.find(([, pattern]) => pattern.test(around));
  const own = name
    ?.replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/^(?=\d)/, '_')
    .toUpperCase();
  const isOwn = own !== undefined && !GENERAL.test(own) && own.length > 2;
  const wanted = [
    issuer?.[2],
    isOwn ? own : undefined,
    own !== undefined && own.length > 2 ? own : 'API_KEY',
  ];
  const free = wanted.find((one) => one !== undefined && !taken.has(one));
  if (free !== undefined) return free;
  const first = wanted.find((one) => one !== undefined)!;
  for (let n = 2; ; n++) if (!taken.has(`${first}_${n}`)) return `${first}_${n}`;
}

/** A short word may well mean something else wherever it is not given to the name of a secret: `password = "text"`. */
function isWord({ value }: Secret): boolean {
  return /^[A-Za-z_]{1,7}$/.test(value);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}

/** Where a word is given to the name of a secret. */
function given({ name, value }: Secret): RegExp {
  return new RegExp(`(${escaped(name ?? '')}["']?\\]?\\s*[:=]\\s*)(["'])${escaped(value)}\\2`, 'g');
}

/**
 * Python in which each secret is read from the environment. Where one stands in a longer text or over several lines, the
 * statement cannot be kept: it says so when it runs, with the secret struck out.
 */
export function fromEnvironment(source: string, secrets: readonly Secret[], place = ''): string {
  let done = source;
  for (const secret of secrets) {
    const { literal, value, variable } = secret;
    const read = `os.environ["${variable}"]`;
    if (isWord(secret)) done = done.replace(given(secret), (_, before: string) => `${before}${read}`);
    else if (literal !== undefined) {
      const whole = /^Bearer\s/i.test(literal) && literal !== value ? `("Bearer " + ${read})` : read;
      const pattern = new RegExp(`(?<![\\w"'])[rRuU]?(["'])${escaped(literal)}\\1(?!["'])`, 'g');
      done = done.replace(pattern, () => whole);
    }
  }
  if (!holdsSecret(done, secrets)) return done;
  const what = `A secret stands here in the notebook${place}: read it from the environment, then delete this line.`;
  return `raise RuntimeError(${JSON.stringify(what)})\n${struckOut(done, secrets)}`;
}

/** Whether a text has one in it that is no everyday word. */
export function holdsSecret(text: string, secrets: readonly Secret[]): boolean {
  return secrets.some((secret) => !isWord(secret) && text.includes(secret.value));
}

/** Text for people in which each secret is struck out, also one that was cut in the middle. */
export function struckOut(text: string, secrets: readonly Secret[]): string {
  return secrets.reduce((done, secret) => {
    if (isWord(secret)) return done.replace(given(secret), `$1$2${HIDDEN}$2`);
    return withoutBeginning(done.replaceAll(secret.value, HIDDEN), secret.value);
  }, text);
}

function withoutBeginning(text: string, value: string): string {
  const cut = /\s*\.\.\.$/.exec(text);
  if (!cut) return text;
  const kept = text.slice(0, cut.index);
  for (let size = value.length - 1; size >= LEAST_BEGINNING; size--)
    if (kept.endsWith(value.slice(0, size))) return `${kept.slice(0, -size)}${HIDDEN} ...`;
  return text;
}
