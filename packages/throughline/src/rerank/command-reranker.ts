import { type CommandProcess, type RowAnswer, startCommand } from '../command/index.ts';
import { EXIT, ThroughlineError } from '../error.ts';
import type { Reranker } from './reranker.ts';

export interface CommandRerankSpec {
  readonly command: readonly string[];
  /** In which it is started. */
  readonly directory: string;
  readonly timeoutMs: number;
}

/**
 * A program of the user's: rows of `query` and `text` go in, `score` comes back. One question at a time. What is given up before its
 * turn is not asked; a program that is at work is not disturbed, because it may be loading its model.
 */
export function commandReranker(spec: CommandRerankSpec): Reranker {
  let running: CommandProcess | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  const ask = async (query: string, texts: readonly string[], signal: AbortSignal) => {
    signal.throwIfAborted();
    if (running === undefined || running.ended) running = startCommand(spec);
    const rows = texts.map((text) => ({ query, text }));
    return Float64Array.from(await running.ask(rows), scoreOf);
  };
  return {
    rerank(query, texts, signal) {
      const asked = turn.then(() => ask(query, texts, signal));
      turn = asked.catch(() => {});
      return asked;
    },
    async [Symbol.asyncDispose]() {
      await running?.close();
    },
  };
}

function scoreOf(answer: RowAnswer, index: number): number {
  const score = 'row' in answer ? answer.row.score : undefined;
  if (typeof score === 'number' && Number.isFinite(score)) return score;
  const reason = 'code' in answer ? answer.message : 'its score is no number';
  throw new ThroughlineError(`the text ${index} was not ranked: ${reason}`, {
    code: 'rerank_failed',
    exitCode: EXIT.unavailable,
    hint: 'docs/commands.md has what a command reads and answers.',
  });
}
