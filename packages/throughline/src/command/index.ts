export { brokenCommandOf, CommandBrokenError } from './command-broken-error.ts';
export { digestsOfFiles, filesBelow, programDigest, wordDigests } from './command-digest.ts';
export { type CommandPool, openCommandPool } from './command-pool.ts';
export {
  COMMAND_TIMEOUT_MS,
  CommandFailure,
  type CommandProcess,
  type CommandSettings,
  type RowAnswer,
  startCommand,
} from './command-process.ts';
export { inBatches } from './in-batches.ts';
export { programOf } from './program.ts';
