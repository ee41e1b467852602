import { basename } from 'node:path';
import { ConfigError, type LoadedConfig } from '../../config/index.ts';
import { EXIT, ThroughlineError } from '../../error.ts';
import { isRemote } from '../../lake/lake-path.ts';
import type { SourceFiles } from '../../source/files.ts';
import { findSource } from '../../source/find-source.ts';

/** The files that the cluster reads; none that are known here where it has a reader of its own. */
export async function findVisibleFiles({
  config: { source },
  directory,
  file,
}: Pick<LoadedConfig, 'config' | 'directory' | 'file'>): Promise<SourceFiles> {
  if (source.type === 'postgres')
    throw new ConfigError(
      file,
      [{ message: 'source.type: postgres is read by this machine, and the engine is a cluster' }],
      'Let the cluster read it: source: { type: spark, reader: jdbc, options: { url: ..., dbtable: ... } }; docs/sources.md.',
    );
  if (source.type === 'kafka')
    throw new ConfigError(
      file,
      [{ message: 'source.type: kafka is read by this machine, and the engine is a cluster' }],
      'Let the cluster read it: source: { type: spark, reader: kafka, options: { subscribe: ... } }; docs/sources.md.',
    );
  return checkVisible(await findSource(source, directory));
}

/** The same files. Throws ThroughlineError (66) where Spark takes one for hidden: it would read it as if it were empty. */
export function checkVisible(found: SourceFiles): SourceFiles {
  const remote = found.files.find(({ path }) => isRemote(path));
  if (remote !== undefined)
    throw new ThroughlineError(
      `${remote.name}: files in S3 are read by this machine, and the engine is a cluster`,
      {
        code: 'source_remote',
        exitCode: EXIT.config,
        hint: 'Let the cluster read them: source: { type: spark, reader: parquet, options: { path: "s3a://bucket/folder" } }; docs/sources.md.',
      },
    );
  const packed = found.files.find(({ compression }) => compression === 'zstd');
  if (packed !== undefined)
    throw new ThroughlineError(
      `${packed.name}: clusters read zstd only where Hadoop's native library is there`,
      {
        code: 'format_unknown',
        exitCode: EXIT.config,
        hint: 'Compress it by gzip, or write Parquet.',
      },
    );
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
