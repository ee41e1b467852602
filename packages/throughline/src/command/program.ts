import { durationMs } from '../config/duration.ts';
import { COMMAND_TIMEOUT_MS, type CommandSettings } from './command-process.ts';

/** A command of the config as it is started, in `directory`. */
export function programOf(
  { command, timeout }: { command: readonly string[]; timeout?: string | undefined },
  directory: string,
): CommandSettings {
  return { command, directory, timeoutMs: timeout === undefined ? COMMAND_TIMEOUT_MS : durationMs(timeout) };
}
