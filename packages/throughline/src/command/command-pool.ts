/** Rows through processes of a command: each row ends in one answer, and a bad one costs the others nothing. */
import { EXIT, ThroughlineError } from '../error.ts';
import { askApart } from '../http/index.ts';
import { CommandBrokenError } from './command-broken-error.ts';
import {
  CommandFailure,
  type CommandProcess,
  type CommandSettings,
  type RowAnswer,
  startCommand,
} from './command-process.ts';
import { openTurns } from './turns.ts';

export interface CommandPool extends AsyncDisposable {
  /**
   * Answers in the order of the rows. A row at which the process ends, stands still or prints something else is a refusal with
   * the code `command_failed`. Throws CommandBrokenError where harmless rows meet the same, or the reason of an abort.
   */
  ask(rows: readonly object[], options: AskOptions): Promise<RowAnswer[]>;
  /** Ends the processes. Idempotent. */
  close(): Promise<void>;
}

export interface AskOptions {
  /** Rows of which a command that works answers at least one. A row that was answered before goes before them. */
  readonly harmless: readonly object[];
  readonly signal?: AbortSignal | undefined;
}

/**
 * Processes start when they are needed, `most` of them at once, and again when they have ended. Where a batch ends one, the
 * batch is halved until the row that did it is alone. Holds no more than the rows of the calls under way.
 */
export function openCommandPool(settings: CommandSettings, most = 1): CommandPool {
  const processes = new Set<CommandProcess>();
  const idle: CommandProcess[] = [];
  const turns = openTurns(most);
  let closed = false;
  let answered: object | undefined;

  const askOne = (rows: readonly object[], signal: AbortSignal | undefined): Promise<RowAnswer[]> =>
    turns.take(async () => {
      if (closed) throw stopped();
      signal?.throwIfAborted();
      let process = idle.pop();
      while (process?.ended) process = idle.pop();
      process ??= startCommand(settings);
      processes.add(process);
      try {
        const answers = await process.ask(rows, signal);
        answered ??= rows[0];
        return answers;
      } finally {
        if (process.ended) processes.delete(process);
        else idle.push(process);
      }
    });

  /** Throws CommandBrokenError where none of the rows is answered. */
  const prove = async (rows: readonly object[], signal: AbortSignal | undefined): Promise<void> => {
    let last: CommandFailure | undefined;
    for (const row of rows) {
      try {
        await askOne([row], signal);
        return;
      } catch (error) {
        if (!(error instanceof CommandFailure)) throw error;
        last = error;
        if (!error.isStarted) break;
      }
    }
    throw new CommandBrokenError(last!);
  };

  const close = async () => {
    closed = true;
    await Promise.all([...processes].map((process) => process.close()));
  };
  return {
    close,
    [Symbol.asyncDispose]: close,
    async ask(rows, { harmless, signal }) {
      const answers = new Array<RowAnswer>(rows.length);
      await askApart([...rows.keys()], {
        ask: async (positions) => {
          const some = positions.map((at) => rows[at]!);
          for (const [i, answer] of (await askOne(some, signal)).entries()) answers[positions[i]!] = answer;
          return [];
        },
        isOfPositions: async (error) => {
          if (!(error instanceof CommandFailure)) return false;
          await prove(answered ? [answered, ...harmless] : harmless, signal);
          return true;
        },
        isCertain: () => false,
        split: () => {},
        refused: (errors, at) => {
          answers[at] = { code: 'command_failed', message: (errors[0] as Error).message };
        },
      });
      return answers;
    },
  };
}

function stopped(): ThroughlineError {
  return new ThroughlineError('the command was stopped', {
    code: 'command_stopped',
    exitCode: EXIT.tryAgain,
    hint: 'Run again: what was published is kept.',
  });
}
