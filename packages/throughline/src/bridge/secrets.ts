import type { Cell, Finding } from '@throughline/notebook-lint';

const NAMES: readonly (readonly [RegExp, string])[] = [
  [/openai|^.?sk-/i, 'OPENAI_API_KEY'],
  [/cohere/i, 'COHERE_API_KEY'],
  [/pinecone|pcsk_/i, 'PINECONE_API_KEY'],
  [/hugging|^.?hf_/i, 'HF_TOKEN'],
];

/** A secret of the notebook: its text, where it stands, and the variable of the environment to put it in. */
export interface Secret {
  readonly text: string;
  readonly cell: number;
  readonly line: number;
  readonly variable: string;
}

/** The strings that the lint takes for secrets, with their quotes. They are for replacing, never for showing. */
export function secretsOf(findings: readonly Finding[], cells: readonly Cell[]): Secret[] {
  return findings.flatMap(({ rule, cell, line, endLine, column, endColumn }) => {
    const lines = cells.find(({ index }) => index === cell)?.source.split('\n') ?? [];
    const text =
      rule === 'hardcoded-secret' && line === endLine
        ? (lines[line - 1]?.slice(column - 1, endColumn - 1) ?? '')
        : '';
    if (text.length < 3) return [];
    const around = lines[line - 1]!;
    const variable = NAMES.find(([pattern]) => pattern.test(text) || pattern.test(around))?.[1] ?? 'API_KEY';
    return [{ text, cell, line, variable }];
  });
}

/** Python in which each secret is read from the environment. */
export function fromEnvironment(source: string, secrets: readonly Secret[]): string {
  return secrets.reduce(
    (done, { text, variable }) => done.replaceAll(text, `os.environ["${variable}"]`),
    source,
  );
}

/** Text for people in which each secret is struck out. */
export function struckOut(text: string, secrets: readonly Secret[]): string {
  return secrets.reduce((done, secret) => {
    const bare = secret.text.replace(/^\w*["']+|["']+$/g, '');
    return bare.length < 3 ? done : done.replaceAll(bare, '***');
  }, text);
}
