import type { Mapping } from '../../source/mapping.ts';
import type { ShapingCommand } from '../../transform/index.ts';
import { onExecutors, PIPELINE_FOLDER } from './pipeline-files.ts';
import type { WorkerSettings } from './worker/settings.ts';

/** What a worker has to know of a command of `transform`. */
export function rowsSettings(
  { command, timeout }: ShapingCommand,
  { mapping, directory }: { mapping: Mapping; directory: string },
): WorkerSettings['rows'] {
  return { command: onExecutors({ command, timeout }, directory), mapping, directory: PIPELINE_FOLDER };
}
