/** Columns that came to the source after its first run, which `schema: { added: add }` makes attributes. */
import type { Config } from '../config/index.ts';
import { EXIT, ThroughlineError } from '../error.ts';
import { inTurn } from '../lake/in-turn.ts';
import { readJson, replaceJson } from '../lake/json-file.ts';
import type { Lake } from '../lake/lake.ts';
import { lakePath } from '../lake/lake-path.ts';
import { attributeName } from '../source/attribute-name.ts';
import { mappedColumns, mappingOf } from '../source/mapping.ts';
import { canBeAttribute, type SourceColumn } from '../source/source-columns.ts';
import { knownColumns, lastLook } from './known-columns.ts';

export interface AddedColumn {
  column: string;
  /** Of the attribute. */
  name: string;
}

/** More at once are no drift, but another source. */
const MOST_AT_ONCE = 50;

export function addsColumns({ quality }: Config): boolean {
  return quality.some((check) => check.check === 'schema' && check.added === 'add');
}

/**
 * Those that were added once, and those that are new now: what the last run that ended well did not see. Reads the lake; `look`, which tells
 * the source's columns, is asked only where somebody may have touched it. Throws with exit code 78 where more than 50 are new.
 */
export async function findAdded(
  lake: Lake,
  config: Config,
  { token, look }: { token: string | undefined; look: () => Promise<readonly SourceColumn[] | undefined> },
): Promise<{ kept: AddedColumn[]; fresh: AddedColumn[] }> {
  const kept = await readAdded(lake);
  const isUntouched = token !== undefined && (await lastLook(lake))?.sourceToken === token;
  if (isUntouched) return { kept, fresh: [] };
  const before = await knownColumns(lake);
  const fresh = before ? freshColumns(config, kept, before, (await look()) ?? []) : [];
  return { kept, fresh };
}

/** By name. One that the config names by now is its own. Nested and binary columns stay what they are. Pure. */
export function freshColumns(
  { source }: Config,
  kept: readonly AddedColumn[],
  before: readonly SourceColumn[],
  now: readonly SourceColumn[],
): AddedColumn[] {
  const mapping = mappingOf(source);
  const known = new Set([
    ...mappedColumns(mapping),
    ...[...before, ...kept.map(({ column }) => ({ name: column }))].map(({ name }) => name),
  ]);
  const fresh = now.filter((column) => !known.has(column.name) && canBeAttribute(column));
  if (fresh.length > MOST_AT_ONCE) throw tooMany(fresh);
  const taken = [...mapping.attributes, ...kept].map(({ name }) => ({ name }));
  return fresh.map(({ name: column }) => {
    const name = attributeName(column, taken);
    taken.push({ name });
    return { column, name };
  });
}

/** With an attribute, of type string, for each column that the config does not map. Optional ones: what was there before need not have it. */
export function withAdded(config: Config, added: readonly AddedColumn[]): Config {
  const { source } = config;
  const mapping = mappingOf(source);
  const columns = mappedColumns(mapping);
  const names = mapping.attributes.map(({ name }) => name);
  const more = added
    .filter(({ column, name }) => !columns.includes(column) && !names.includes(name))
    .map(({ column, name }) => ({ [name]: { column, type: 'string' as const, optional: true } }));
  return more.length === 0
    ? config
    : { ...config, source: { ...source, attributes: [...source.attributes, ...more] } };
}

/** From now on they are attributes, whatever becomes of the run. */
export function keepAdded(lake: Lake, fresh: readonly AddedColumn[]): Promise<void> {
  return inTurn(fileOf(lake), async () => {
    const kept = await readAdded(lake);
    const more = fresh.filter(({ column }) => !kept.some((one) => one.column === column));
    if (more.length > 0) await replaceJson(fileOf(lake), [...kept, ...more]);
  });
}

export async function readAdded(lake: Lake): Promise<AddedColumn[]> {
  return (await readJson<AddedColumn[]>(fileOf(lake))) ?? [];
}

/** What is told of them, of which `when` says from when on they are attributes. */
export function addedText(fresh: readonly AddedColumn[], when: string): string {
  const names = fresh.map(({ column, name }) => (column === name ? name : `${name} ("${column}")`));
  return `the source has new columns, which are attributes ${when}: ${names.join(', ')}; with them the whole source is mapped anew, with the vectors that are kept`;
}

function tooMany(fresh: readonly SourceColumn[]): ThroughlineError {
  const some = fresh.slice(0, 5).map(({ name }) => name);
  return new ThroughlineError(
    `the source has ${fresh.length} new columns (${some.join(', ')}, ...), and no more than ${MOST_AT_ONCE} become attributes at once`,
    {
      code: 'columns_added',
      exitCode: EXIT.config,
      hint: 'Name those that you want under source.attributes, and say added: warn.',
    },
  );
}

function fileOf({ root }: Lake): string {
  return lakePath(root, 'added-columns.json');
}
