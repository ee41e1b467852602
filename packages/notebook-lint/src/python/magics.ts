import type { Format } from '../notebook/notebook.ts';
import { isMagicLine, statementStarts } from './open-lines.ts';

/** A line or a cell that IPython or Databricks runs and Python does not. */
export interface Magic {
  readonly cell: number;
  /** `shell` for `!`, `line` for `%`, `cell` for `%%`. */
  readonly kind: 'shell' | 'line' | 'cell';
  /** `pip`, `sql`, `time`; the program of a shell line. */
  readonly name: string;
  /** What follows the name, continuation lines and the body of a cell magic included, one entry a line. */
  readonly lines: readonly MagicLine[];
}

export interface MagicLine {
  /** From 1, in the cell. */
  readonly line: number;
  /** The whole line as it stands. */
  readonly text: string;
}

export interface MaskedCell {
  /** Python with the same lines and columns; empty statements where magics were. */
  readonly code: string;
  readonly magics: readonly Magic[];
}

/** Cell magics whose body is Python of this kernel. */
const PYTHON_BODIES =
  /^(time|timeit|capture|prun|memit|mprun|lprun|python3?|pyspark|spark|px|scalene|notify)$/;
/** Line magics whose argument is Python of this kernel. */
const PYTHON_ARGUMENTS = /^(\s*)(%(time|timeit|prun|memit)\s)(?=\s*[^\s-])/;
/** `files = !ls`, `rows = %sql SELECT 1`. */
const ASSIGNED = /^(\s*[a-zA-Z_][\w, ]*=\s*)([!%]\s*[a-zA-Z{].*)$/;

/** What stands before a magic in formats that are Python files: `# MAGIC %pip`, `# %pip`. */
const MARKS: Partial<Record<Format, RegExp>> = {
  databricks: /^# MAGIC (?=\s*[%!])/,
  percent: /^# (?=\s*[%!])/,
};

/** Takes the magics out of a cell. */
export function maskMagics(source: string, cell: number, format: Format): MaskedCell {
  const lines = withoutLongContinuations(source.split('\n'));
  const mark = MARKS[format];
  const plain = mark ? lines.map((line) => uncommented(line, mark)) : lines;
  const first = plain.findIndex((line) => line.trim() !== '' && !line.startsWith('#'));
  const cellMagic = /^%%(\w+)/.exec(plain[first]?.trimStart() ?? '');
  if (cellMagic && !PYTHON_BODIES.test(cellMagic[1]!)) return wholeCell(plain, first, cellMagic[1]!, cell);
  const bodyOfOtherLanguage = mark && /^\s*%(sql|sh|scala|r|fs)\b/.exec(plain[first] ?? '');
  if (bodyOfOtherLanguage) return wholeCell(plain, first, bodyOfOtherLanguage[1]!, cell);
  return maskLines(plain, cell);
}

function wholeCell(lines: readonly string[], first: number, name: string, cell: number): MaskedCell {
  const body = lines.slice(first).map((text, index) => ({ line: first + index + 1, text }));
  return { code: lines.map(() => '').join('\n'), magics: [{ cell, kind: 'cell', name, lines: body }] };
}

function maskLines(lines: readonly string[], cell: number): MaskedCell {
  const starts = statementStarts(lines);
  const magics: Magic[] = [];
  const code: string[] = [];
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index]!;
    const assigned = ASSIGNED.exec(line);
    const isMagic = starts[index] && isMagicLine(line);
    if (!isMagic && !(starts[index] && assigned)) {
      code.push(line);
      continue;
    }
    const body = [{ line: index + 1, text: line }];
    while (body.at(-1)!.text.trimEnd().endsWith('\\') && index + 1 < lines.length) {
      index++;
      body.push({ line: index + 1, text: lines[index]! });
    }
    magics.push(magicOf(assigned ? assigned[2]! : line.trim(), body, cell));
    code.push(assigned && !isMagic ? `${assigned[1]}0` : placeholder(line));
    for (let rest = 1; rest < body.length; rest++) code.push('');
  }
  return { code: code.join('\n'), magics };
}

function magicOf(text: string, lines: readonly MagicLine[], cell: number): Magic {
  const shell = /^!+\s*(\{[^}]*\}|[\w./-]*)/.exec(text);
  if (shell) return { cell, kind: 'shell', name: shell[1]!, lines };
  const name = /^%*\s*(\w*)/.exec(text)![1]!;
  return { cell, kind: text.startsWith('%%') ? 'cell' : 'line', name, lines };
}

/** An empty statement as wide as the magic; the argument of `%time` stays. */
function placeholder(line: string): string {
  const timed = PYTHON_ARGUMENTS.exec(line);
  if (timed) return `${timed[1]}0;${' '.repeat(timed[2]!.length - 2)}${line.slice(timed[0].length)}`;
  const indent = /^\s*/.exec(line)![0];
  return `${indent}${line.length - indent.length >= 4 ? 'pass' : '0'}`;
}

/** A magic behind `# MAGIC` or `# `: the comment sign becomes space, so that columns stay. Other comments stay. */
function uncommented(line: string, mark: RegExp): string {
  const magic = mark.exec(line);
  if (magic) return ' '.repeat(magic[0].length) + line.slice(magic[0].length);
  return line;
}

const MOST_CONTINUATIONS = 100;

/** Thousands of lines that hold nothing but a backslash say nothing, and take the parser the square of their number. */
function withoutLongContinuations(lines: readonly string[]): string[] {
  let run = 0;
  return lines.map((line) => {
    run = /^\s*\\\s*$/.test(line) ? run + 1 : 0;
    return run > MOST_CONTINUATIONS ? '' : line;
  });
}
