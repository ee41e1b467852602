/** Where the lake is, for this machine and for the cluster, which may know it by another name. */
import type { SparkEngineConfig } from '../../config/index.ts';
import { isRemote, lakePath } from '../../lake/lake-path.ts';
import { globEscaped, optionText } from './options.ts';

export interface Places {
  /** A folder of the lake as this machine names it. */
  local(...names: readonly string[]): string;
  /** The same folder as the cluster names it. */
  cluster(...names: readonly string[]): string;
  /** What the cluster reads at a place of `local`: the option of a reader. */
  pathOption(...names: readonly string[]): string;
}

export function placesOf({ lake }: SparkEngineConfig, lakeRoot: string): Places {
  // Hadoop's name of S3; a path alone would be one of the cluster's default file system.
  const root = lake?.replace(/\/+$/, '') ?? lakeRoot.replace(/^s3:/, 's3a:');
  const base = isRemote(root) || /^[a-z][a-z0-9+.-]*:/i.test(root) ? root : `file:${root}`;
  const cluster = (...names: readonly string[]) => [base, ...names].join('/');
  return {
    local: (...names) => lakePath(lakeRoot, ...names),
    cluster,
    pathOption: (...names) => `path ${optionText(globEscaped(cluster(...names)))}`,
  };
}
