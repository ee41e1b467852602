import { type Cell, lintNotebook } from '@throughline/notebook-lint';
import { quoted } from './python-text.ts';

/** A text of the code that may be a secret. */
export interface Suspect {
  readonly cell: number;
  readonly line: number;
  /** What it is given to: a variable, an argument, a key. */
  readonly name: string | undefined;
  /** What is judged. */
  readonly whole: string;
  /** What is struck out where it is one. */
  readonly values: readonly string[];
  /** Of a literal that can be replaced as a whole: what stands between its quotes. */
  readonly literal?: string | undefined;
}

const NAME = /([A-Za-z_][\w-]*)["']?\]?\s*[:=]\s*$/;
const LITERAL = /([A-Za-z]*)("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')/g;
const JOINED = /(?:[rRuUbBfF]*(?:"[^"\n]*"|'[^'\n]*')[ \t]*[+\\]?\s*){2,}/g;
const TRIPLE = /([A-Za-z_]\w*)\s*=\s*[A-Za-z]*("""|''')([\s\S]*?)\2/g;
const TOKEN = /[A-Za-z0-9_.-]{16,}/g;
const ADDRESS = /[a-z][a-z0-9+]*:\/\/[^\s:/@{}<>"']+:([^\s:/@{}<>$"']{3,})@/gi;
/** Signatures and keys of an address, which whoever has them may use. */
const PARAMETER = /[?&][\w.-]*(?:sig|signature|token|key|secret|password|credential)=([^&\s"'{}]{8,})/gi;
/** What is worth a look: names of secrets, texts that a machine made, addresses with a password. */
const WORTH = /key|token|secret|passw|pwd|passphrase|bearer|credential|auth|apikey/i;

/** The secrets of the code, by the rule of the lint: each text is judged by itself, so that none hides behind another. */
export async function scanSecrets(cells: readonly Cell[]): Promise<Suspect[]> {
  const code = cells.filter(({ kind }) => kind === 'code');
  const suspects = code
    .flatMap((cell) => [...suspectsOf(cell)])
    .filter(({ whole }) => whole.length <= LONGEST);
  const guilty: Suspect[] = [];
  for (let at = 0; at < suspects.length; at += AT_ONCE)
    guilty.push(...(await guiltyOf(suspects.slice(at, at + AT_ONCE))));
  return [...guilty, ...code.flatMap((cell) => [...parametersOf(cell)])];
}

/** Characters of a secret, and how many are judged at once: the lint passes over larger cells. */
const LONGEST = 1000;
const AT_ONCE = 200;

async function guiltyOf(suspects: readonly Suspect[]): Promise<Suspect[]> {
  const texts = suspects.map(({ name, whole }) =>
    name === undefined ? `_ = ${quoted(whole)}` : `_[${quoted(name)}] = ${quoted(whole)}`,
  );
  const { findings } = await lintNotebook(texts.join('\n'), {
    file: 'suspects.py',
    rules: ['hardcoded-secret'],
  });
  const lines = new Set(findings.map(({ line }) => line - 1));
  return suspects.filter((_, at) => lines.has(at));
}

function* suspectsOf({ index: cell, source }: Cell): Iterable<Suspect> {
  const lineOf = lineCounter(source);
  for (const match of source.matchAll(LITERAL)) {
    const [, prefix, written] = match;
    const whole = written!.slice(1, -1);
    const name = NAME.exec(source.slice(Math.max(0, match.index - 80), match.index))?.[1];
    if (!WORTH.test(name ?? '') && !/^(?=.*\d).{16,}$|:\/\/.*@/.test(whole)) continue;
    const literal = /^[rRuU]?$/.test(prefix!) ? whole : undefined;
    yield { cell, line: lineOf(match.index), name, whole, values: [coreOf(whole)], literal };
  }
  for (const match of source.matchAll(JOINED)) {
    const pieces = [...match[0].matchAll(LITERAL)].map(([, , written]) => written!.slice(1, -1));
    const name = NAME.exec(
      source.slice(Math.max(0, match.index - 80), match.index).replace(/\(\s*$/, ''),
    )?.[1];
    yield {
      ...{ cell, line: lineOf(match.index), name, whole: pieces.join('') },
      values: pieces.filter((piece) => piece.length >= LEAST_PIECE),
    };
  }
  for (const match of source.matchAll(TRIPLE)) {
    const whole = match[3]!.trim();
    if (/^\S{4,}$/.test(whole))
      yield { cell, line: lineOf(match.index), name: match[1], whole, values: [coreOf(whole)] };
  }
  for (const match of source.matchAll(TOKEN))
    if (/\d/.test(match[0]))
      yield { cell, line: lineOf(match.index), name: undefined, whole: match[0], values: [match[0]] };
  for (const match of source.matchAll(ADDRESS))
    yield { cell, line: lineOf(match.index), name: undefined, whole: `${match[0]}host`, values: [match[1]!] };
}

const LEAST_PIECE = 4;

function* parametersOf({ index: cell, source }: Cell): Iterable<Suspect> {
  const lineOf = lineCounter(source);
  for (const match of source.matchAll(PARAMETER))
    yield { cell, line: lineOf(match.index), name: undefined, whole: match[1]!, values: [match[1]!] };
}

/** Of an address its password, of a header its token. */
function coreOf(text: string): string {
  return /^Bearer\s+(\S+)$/i.exec(text)?.[1] ?? new RegExp(ADDRESS.source, 'i').exec(text)?.[1] ?? text;
}

/** Lines from 1, of places that are asked for in any order. */
function lineCounter(source: string): (at: number) => number {
  let [line, seen] = [1, 0];
  return (at) => {
    if (at < seen) [line, seen] = [1, 0];
    for (; seen < at; seen++) if (source[seen] === '\n') line++;
    return line;
  };
}
