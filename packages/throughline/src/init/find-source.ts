/** What the command line names, as `source.path` says it. */
import { readdir, stat } from 'node:fs/promises';
import { basename, extname, join, relative, resolve, sep } from 'node:path';
import { EXIT, ThroughlineError } from '../error.ts';
import { isRemote } from '../lake/lake-path.ts';

const EXTENSIONS = ['.csv', '.tsv', '.jsonl', '.ndjson', '.parquet'];
/** Where data lies in many a project. */
const FOLDERS = ['.', 'data'];

/**
 * Patterns relative to `directory`, with `/` between parts. Folders stand for the files of the one kind in them, or in their partitions; without `given`
 * the one file of a known kind in `directory` or its folder `data`. Throws with exit code 66 where there is none, 64 where there are several.
 */
export async function findSource(given: readonly string[], directory: string): Promise<string[]> {
  if (given.length > 0) return (await Promise.all(given.map((path) => patternOf(path, directory)))).flat();
  const found = (await Promise.all(FOLDERS.map((folder) => sourcesIn(join(directory, folder))))).flat();
  if (found.length === 1) return [named(found[0]!, directory)];
  const names = found.slice(0, 10).map((path) => named(path, directory));
  throw new ThroughlineError(
    found.length === 0
      ? `no ${EXTENSIONS.join(', ')} in ${directory} or its folder data`
      : `several files: ${names.join(', ')}`,
    {
      code: found.length === 0 ? 'source_missing' : 'usage',
      exitCode: found.length === 0 ? EXIT.noInput : EXIT.usage,
      hint: "Name the source: throughline init data/reviews.csv, or 'data/*.csv'",
    },
  );
}

async function patternOf(path: string, directory: string): Promise<string> {
  if (isRemote(path)) return path;
  const absolute = resolve(path);
  const info = await stat(absolute).catch(() => undefined);
  if (!info?.isDirectory()) return named(absolute, directory);
  const files = await sourcesIn(absolute);
  const partitioned = files.length === 0 ? await sourcesInPartitions(absolute) : [];
  const kinds = [
    ...new Set(
      [...files, ...partitioned].map(
        (file) => extname(uncompressed(file)) + file.slice(uncompressed(file).length),
      ),
    ),
  ];
  // Other folders beside them hold what is no part of the source.
  const below = partitioned.length > 0 ? '*=*/**/' : '';
  if (kinds.length === 1) return named(join(absolute, `${below}*${kinds[0]}`), directory);
  throw new ThroughlineError(
    kinds.length === 0
      ? `no ${EXTENSIONS.join(', ')} in ${path}`
      : `${path} has files of several kinds: ${kinds.join(', ')}`,
    {
      code: kinds.length === 0 ? 'source_missing' : 'usage',
      exitCode: kinds.length === 0 ? EXIT.noInput : EXIT.usage,
      hint: `Name those that are the source: throughline init '${path}/${below}*.csv'`,
    },
  );
}

/** Without the ending that says how it is compressed. */
function uncompressed(path: string): string {
  return path.replace(/\.(gz|zstd?)$/i, '');
}

/** The ending that says what is in it. */
export function kindOf(path: string): string {
  return extname(uncompressed(path)).toLowerCase();
}

async function sourcesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile() && EXTENSIONS.includes(kindOf(entry.name)));
  return files.map((entry) => join(folder, entry.name)).sort();
}

/** Of folders that are called `column=value`, at any depth. */
async function sourcesInPartitions(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const files: string[] = [];
  for (const { name } of entries.filter((entry) => entry.isDirectory() && entry.name.includes('='))) {
    const partition = join(folder, name);
    files.push(...(await sourcesIn(partition)), ...(await sourcesInPartitions(partition)));
  }
  return files;
}

function named(path: string, directory: string): string {
  return relative(directory, path).split(sep).join('/');
}

/** A pipeline's name by that of its source: letters, digits, - and _. */
export function pipelineName(path: string): string {
  const plain = uncompressed(path);
  const name = basename(plain, extname(plain))
    .replaceAll(/[^A-Za-z0-9_-]+/g, '-')
    .replaceAll(/^[^A-Za-z0-9]+|-+$/g, '');
  return name === '' ? 'texts' : name.toLowerCase();
}
