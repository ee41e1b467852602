/** What a source is at this moment, before any row is read. */
import type { SourceConfig } from '../config/index.ts';
import { deltaFiles, openDeltaSource } from './delta-table.ts';
import { findFiles, patternsOf, type SourceFiles } from './files.ts';

/** Throws with exit code 66 where there is nothing, 77 where it may not be read. A database or a stream is first asked when it is read. */
export async function findSource(source: SourceConfig, directory: string): Promise<SourceFiles> {
  if (source.type === 'delta') return deltaFiles(await openDeltaSource(source, directory));
  if (source.type === 'postgres' || source.type === 'kafka' || source.type === 'spark')
    return { files: [], token: undefined };
  return await findFiles(patternsOf(source), directory);
}
