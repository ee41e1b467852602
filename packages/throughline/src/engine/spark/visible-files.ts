import { basename } from 'node:path';
import type { LoadedConfig } from '../../config/index.ts';
import { EXIT, ThroughlineError } from '../../error.ts';
import { findFiles, patternsOf, type SourceFiles } from '../../source/files.ts';

/** The files that the cluster reads; none that are known here where it has a reader of its own. */
export async function findVisibleFiles({
  config: { source },
  directory,
}: Pick<LoadedConfig, 'config' | 'directory'>): Promise<SourceFiles> {
  if (source.type === 'spark') return { files: [], token: undefined };
  return checkVisible(await findFiles(patternsOf(source), directory));
}

/** The same files. Throws ThroughlineError (66) where Spark takes one for hidden: it would read it as if it were empty. */
export function checkVisible(found: SourceFiles): SourceFiles {
  const hidden = found.files.find(({ path }) => isHidden(basename(path)));
  if (hidden === undefined) return found;
  throw new ThroughlineError(`${hidden.name}: Spark reads no file whose name begins with "_" or "."`, {
    code: 'source_hidden',
    exitCode: EXIT.noInput,
    hint: 'Rename it.',
  });
}

/** As Spark's own `HadoopFSUtils.shouldFilterOutPathName`. */
function isHidden(name: string): boolean {
  if (/^_(common_)?metadata/.test(name)) return false;
  return name.startsWith('.') || (name.startsWith('_') && !name.includes('=')) || name.endsWith('._COPYING_');
}
