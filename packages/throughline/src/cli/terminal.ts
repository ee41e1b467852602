/**
 * Where commands print: results on stdout, everything else on stderr; colour and progress bars only on a terminal.
 * What is printed may come from anywhere: of control characters only line breaks reach a terminal, and `style`.
 */
import { randomUUID } from 'node:crypto';
import { styleText } from 'node:util';
import type { Logger } from 'pino';
import { printable } from '../printable.ts';
import { openRedaction } from '../redact.ts';

export { printable };

export interface Terminal {
  /** A line of the result, or several. */
  print(line?: string): void;
  /** A line about the work, or several; without secrets. */
  log(line: string): void;
  /** Redraws one line at the bottom; does nothing where stderr is not a terminal. */
  status(line: string): void;
  clearStatus(): void;
  readonly interactive: boolean;
  /** Where what is logged are lines of JSON, with fields. */
  readonly logger?: Logger;
  /** For a part of what is printed, here only. */
  style(format: Parameters<typeof styleText>[0], text: string): string;
}

export function openTerminal(
  stdout: NodeJS.WriteStream = process.stdout,
  stderr: NodeJS.WriteStream = process.stderr,
  env: NodeJS.ProcessEnv = process.env,
): Terminal {
  const interactive = Boolean(stderr.isTTY);
  for (const stream of [stdout, stderr]) stream.on('error', ignoreClosedPipe);
  const clear = () => {
    if (interactive) stderr.write('\r\u001b[2K');
  };
  const { mark, obeyed } = createMarks();
  const redact = openRedaction(env);
  return {
    interactive,
    print: (line = '') => void stdout.write(`${obeyed(line)}\n`),
    log(line) {
      clear();
      stderr.write(`${obeyed(redact(line))}\n`);
    },
    status(line) {
      if (!interactive) return;
      const width = stderr.columns ?? 80;
      stderr.write(`\r\u001b[2K${harmless(line).slice(0, width - 1)}`);
    },
    clearStatus: clear,
    style: (format, text) =>
      stdout.isTTY ? mark(styleText(format, harmless(text), { validateStream: false })) : text,
  };
}

/** Tells escapes that `style` has made from those in the texts of others: by a word that nobody else can know. */
function createMarks() {
  const word = randomUUID();
  const marked = `\u001b${word}`;
  return {
    mark: (styled: string) => styled.replaceAll('\u001b', marked),
    obeyed: (line: string) => line.split(marked).map(harmless).join('\u001b'),
  };
}

/** Control characters but the line feed, what breaks lines too, and what turns the direction of the text. */
const OBEYED = /(?!\n)[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/** `text` with nothing in it that a terminal obeys; its blanks and line feeds stay. */
function harmless(text: string): string {
  return text.replace(OBEYED, ' ');
}

/** A reader such as `head` has seen enough: nobody is left to print to, and the work goes on. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

/** `1,234,567` */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** Decimal, as disks are sold. */
export function formatBytes(bytes: number): string {
  if (bytes < 1e6) return `${Math.ceil(bytes / 1e3)} kB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

export function formatSeconds(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`;
}

/** Cells in columns, as wide as they need, each `printable`; numbers to the right. */
export function table(names: readonly string[], rows: readonly (readonly (string | number)[])[]): string[] {
  const text = rows.map((row) =>
    row.map((cell) => (typeof cell === 'number' ? formatCount(cell) : printable(cell))),
  );
  const header = names.map(printable);
  const widths = header.map((name, i) => Math.max(name.length, ...text.map((row) => row[i]!.length)));
  const line = (cells: readonly string[], row?: readonly (string | number)[]) =>
    cells
      .map((cell, i) => (typeof row?.[i] === 'number' ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join('  ')
      .trimEnd();
  return [line(header), ...text.map((cells, i) => line(cells, rows[i]))];
}
