/**
 * One process of a user's command, which embeds, ranks, changes rows or splits texts. JSON Lines, split at byte 0x0A only: rows and a `flush` go in, one
 * answer for each row comes back, in any order; docs/commands.md has the protocol.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** What the command said of one row. */
export type RowAnswer =
  | { readonly row: Readonly<Record<string, unknown>> }
  | { readonly dropped: true }
  | { readonly code: string; readonly message: string };

/** The command ended, stood still, or answered with something else: all that it was asked is unanswered. */
export class CommandFailure extends Error {
  /** False where there is no such program. */
  readonly isStarted: boolean;

  constructor(message: string, isStarted: boolean) {
    super(message);
    this.name = 'CommandFailure';
    this.isStarted = isStarted;
  }
}

/** States: running -> ended. One `ask` at a time; after a failure it has ended. */
export interface CommandProcess {
  readonly ended: boolean;
  /** What each row is, beside its number; answers in their order. Throws CommandFailure, or the reason of an abort. */
  ask(rows: readonly object[], signal?: AbortSignal): Promise<RowAnswer[]>;
  /**
   * As `ask`, of rows that are made as they are written, as many as there are: a sample with its vectors is longer than a text can be. Its input ends with
   * them, so that a program which stops without an answer is not waited for.
   */
  askLast(rows: Iterable<object>, count: number, signal?: AbortSignal): Promise<RowAnswer[]>;
  /** Lets it end by itself for CLOSE_MS, then kills it. */
  close(): Promise<void>;
}

export interface CommandSettings {
  readonly command: readonly string[];
  readonly directory: string;
  readonly timeoutMs: number;
}

/** For a batch of rows, where nothing is said: models take their time to load. */
export const COMMAND_TIMEOUT_MS = 600_000;

const CLOSE_MS = 5_000;
const STDERR_CHARACTERS = 2_000;
/** A vector of 4,096 numbers is 90 kB of JSON. */
const MOST_LINE_BYTES = 64 * 1024 * 1024;

interface Asked {
  readonly answers: (RowAnswer | undefined)[];
  left: number;
  resolve(answers: RowAnswer[]): void;
  reject(error: unknown): void;
}

/** Those that run: none outlives this process. */
const started = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of started) killGroup(child);
});

/** Starts the process. That it cannot be started shows as a CommandFailure of the first `ask`. */
export function startCommand({ command, directory, timeoutMs }: CommandSettings): CommandProcess {
  const [program, ...args] = command;
  // A group of its own: what it has started ends with it.
  const child = spawn(program!, args, {
    cwd: directory,
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
    // By it the kit for Python knows from its import on that standard output is not for what is printed.
    env: { ...process.env, THROUGHLINE_COMMAND: '1' },
  });
  started.add(child);
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  let asked: Asked | undefined;
  let failure: CommandFailure | undefined;
  let stderr = '';

  const fail = (message: string) => {
    const tail = stderr.trim();
    failure ??= new CommandFailure(
      `${program}: ${message}${tail === '' ? '' : `; it printed: ${tail}`}`,
      child.pid !== undefined,
    );
    killGroup(child);
    asked?.reject(failure);
  };
  const take = (line: string) => {
    try {
      receive(JSON.parse(line), asked);
    } catch (error) {
      fail(`${(error as Error).message} (${line.slice(0, 200)})`);
    }
  };

  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-STDERR_CHARACTERS);
  });
  child.stdout.on(
    'data',
    lineReader(take, () => fail('a line is too long')),
  );
  child.stdin.on('error', () => {}); // it ended: 'close' says so with its reason
  child.once('error', (error) => fail(error.message));
  void gone.then(() => started.delete(child));
  child.once('close', (code, signal) => fail(`it ended with ${signal ?? `code ${code}`}${partOf(asked)}`));

  const answersTo = async (
    count: number,
    send: () => void,
    signal: AbortSignal | undefined,
  ): Promise<RowAnswer[]> => {
    if (failure) throw failure;
    signal?.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<RowAnswer[]>();
    asked = { answers: new Array(count).fill(undefined), left: count, resolve, reject };
    // What it printed of earlier rows is not about these.
    stderr = '';
    const timer = setTimeout(
      () => fail(`it did not answer for ${timeoutMs / 1000} s${partOf(asked)}`),
      timeoutMs,
    );
    const stop = () => reject(signal!.reason);
    signal?.addEventListener('abort', stop, { once: true });
    send();
    try {
      return await promise;
    } catch (error) {
      // Answers to what was given up would be taken for those of the next call.
      fail('it was given up');
      throw error;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      asked = undefined;
    }
  };
  return {
    get ended() {
      return failure !== undefined;
    },
    ask: (rows, signal) =>
      answersTo(rows.length, () => child.stdin.write([...requestOf(rows)].join('')), signal),
    askLast: (rows, count, signal) => {
      // Where nobody reads it any more, 'close' says why.
      const send = () => void pipeline(Readable.from(requestOf(rows)), child.stdin).catch(() => {});
      return answersTo(count, send, signal);
    },
    close: () => close(child, gone),
  };
}

function* requestOf(rows: Iterable<object>): Generator<string> {
  let id = 0;
  for (const row of rows) yield `${JSON.stringify({ v: 1, type: 'row', id: String(id++), ...row })}\n`;
  yield `${JSON.stringify({ v: 1, type: 'flush' })}\n`;
}

/** How far it came with the rows that it was asked together. */
function partOf(asked: Asked | undefined): string {
  if (!asked || asked.answers.length < 2) return '';
  const { answers, left } = asked;
  const first = answers.indexOf(undefined);
  return `, ${answers.length - left} of ${answers.length} rows answered, not row ${first}`;
}

/** Throws for what is no message of the protocol. */
function receive(message: unknown, asked: Asked | undefined): void {
  if (typeof message !== 'object' || message === null) throw new Error('it answered no object');
  const { type, id, code, message: text } = message as Record<string, unknown>;
  if (type === 'hello' || type === 'stats') return;
  if (type === 'fatal') throw new Error(`it gave up: ${String(text)}`);
  if (type !== 'row' && type !== 'drop' && type !== 'dead_letter')
    throw new Error(`it answered a message of type "${String(type)}"`);
  const at = Number(id);
  if (!asked || !Number.isInteger(at) || at < 0 || at >= asked.answers.length)
    throw new Error(`it answered a row "${String(id)}" that was not asked`);
  if (asked.answers[at] !== undefined) throw new Error(`it answered the row "${at}" twice`);
  asked.answers[at] = answerOf(type, message as Record<string, unknown>, code, text);
  asked.left--;
  if (asked.left === 0) asked.resolve(asked.answers as RowAnswer[]);
}

function answerOf(type: string, row: Record<string, unknown>, code: unknown, text: unknown): RowAnswer {
  if (type === 'row') return { row };
  if (type === 'drop') return { dropped: true };
  return { code: String(code ?? 'refused').toWellFormed(), message: String(text ?? '').toWellFormed() };
}

/** Calls `take` for each whole line of UTF-8; `tooLong` where one has no end. */
function lineReader(take: (line: string) => void, tooLong: () => void): (piece: Buffer) => void {
  let held: Buffer[] = [];
  let bytes = 0;
  return (piece) => {
    let from = 0;
    for (let end = piece.indexOf(0x0a); end >= 0; end = piece.indexOf(0x0a, from)) {
      held.push(piece.subarray(from, end));
      const line = Buffer.concat(held).toString('utf8');
      [held, bytes, from] = [[], 0, end + 1];
      if (line.trim() !== '') take(line);
    }
    held.push(piece.subarray(from));
    bytes += piece.length - from;
    if (bytes > MOST_LINE_BYTES) tooLong();
  };
}

async function close(child: ChildProcess, gone: Promise<void>): Promise<void> {
  child.stdin!.end();
  const timer = setTimeout(() => killGroup(child), CLOSE_MS);
  await gone;
  clearTimeout(timer);
  killGroup(child);
}

/** The process and what it has started, which may hold its pipes open. */
function killGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // They are gone.
  }
  child.stdout?.destroy();
  child.stderr?.destroy();
}
