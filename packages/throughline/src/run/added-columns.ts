/** Columns that came to the source after its first run, which `schema: { added: add }` makes attributes. */
import type { Config } from '../config/index.ts';
import { EXIT, ThroughlineError } from '../error.ts';
import { digestOf } from '../lake/canonical.ts';
import { inTurn } from '../lake/in-turn.ts';
import { readJson, replaceJson } from '../lake/json-file.ts';
import type { Lake } from '../lake/lake.ts';
import { lakePath } from '../lake/lake-path.ts';
import { MOST_ADDED } from '../quality/index.ts';
import { attributeName } from '../source/attribute-name.ts';
import type { SourceFiles } from '../source/files.ts';
import { type Mapping, mappedColumns, mappingOf } from '../source/mapping.ts';
import { canBeAttribute, type SourceColumn } from '../source/source-columns.ts';
import { knownColumns } from './known-columns.ts';

export interface AddedColumn {
  column: string;
  /** Of the attribute. */
  name: string;
}

/** What the lake keeps of them. Nothing is lost where two processes write at once: what is no attribute is new at the next look. */
export interface AddedColumns {
  /** Names of the columns that were there before, or were passed over: none of them is new. */
  before: readonly string[];
  /** Attributes for good. */
  added: readonly AddedColumn[];
  /** Attributes of the last look, which no check has passed yet: should they be gone at the next one, nothing is left of them. */
  pending: readonly AddedColumn[];
  /** Of that look, by `lookToken`; absent where the next one has to look. */
  token?: string | undefined;
}

export interface Look {
  /** By `lookToken`. */
  token: string | undefined;
  /** Tells the source's columns. */
  describe: () => Promise<readonly SourceColumn[] | undefined>;
  goesBy: GoesBy;
  /** More at once than a drift has are passed over, and no fault. */
  acceptSchema: boolean;
}

/**
 * `source`: what it has now. `look`: what the last look found, as steps of a run go by what its chunks were mapped with. `settled`: only what the
 * checks have passed, for who makes no build complete.
 */
export type GoesBy = 'source' | 'look' | 'settled';

/** Equal ones see the same columns. Undefined where the state of the source cannot be told. */
export function lookToken({ source }: Config, { token }: SourceFiles): string | undefined {
  return token === undefined ? undefined : digestOf({ token, source });
}

export function addsColumns({ quality }: Config): boolean {
  return quality.some((check) => check.check === 'schema' && check.added === 'add');
}

/**
 * The lake's columns, with those that the source has now; it is asked only where somebody may have touched it since the last look. Undefined before
 * the first run: then every column is new, and the config names those that count. Reads only. Throws with exit code 78 for another source.
 */
export async function lookForAdded(
  lake: Lake,
  config: Config,
  { token, describe, goesBy, acceptSchema }: Look,
): Promise<AddedColumns | undefined> {
  const kept = await readAdded(lake);
  if (goesBy === 'settled') return kept && { ...kept, pending: [] };
  const isSeen = kept !== undefined && token !== undefined && kept.token === token;
  if (goesBy === 'look' || isSeen) return kept;
  const begun = kept ?? (await begin(lake));
  if (begun === undefined) return undefined;
  const now = (await describe()) ?? [];
  const settled = { ...begun, pending: [], token };
  const pending = freshColumns(config, settled, now);
  if (pending.length <= MOST_ADDED) return { ...settled, pending };
  if (!acceptSchema) throw tooMany(pending);
  return passedOver(settled, pending);
}

/** Columns of the last run that ended well, with another policy. */
async function begin(lake: Lake): Promise<AddedColumns | undefined> {
  const known = await knownColumns(lake);
  return known && { before: known.map(({ name }) => name), added: [], pending: [] };
}

/** By name; what the config maps is its own. Pure. */
export function freshColumns(
  { source }: Config,
  { before, added, pending }: AddedColumns,
  now: readonly SourceColumn[],
): AddedColumn[] {
  const mapping = mappingOf(source);
  const attributes = [...added, ...pending];
  const known = [...before, ...mappedColumns(mapping), ...attributes.map(({ column }) => column)];
  const isNameless = ({ name }: SourceColumn) =>
    source.type === 'csv' && source.header !== false && /^column\d+$/.test(name);
  const others = [...known.map((name) => ({ name })), ...now];
  return named(
    now
      .filter((column) => !known.includes(column.name) && !isNameless(column))
      .filter((column) => canBeAttribute(column, others))
      .map(({ name }) => name),
    [...takenNames(mapping), ...attributes.map(({ name }) => name)],
  );
}

/** With an attribute, of type string, for each column that the config does not map. Optional ones: what was there before need not have it. */
export function withAdded(
  config: Config,
  { added, pending }: Pick<AddedColumns, 'added' | 'pending'>,
): Config {
  const { source } = config;
  const mapping = mappingOf(source);
  const columns = mappedColumns(mapping);
  const taken = takenNames(mapping);
  const more = [...added, ...pending]
    .filter(({ column }) => !columns.includes(column))
    .map(({ column, name }) => {
      const [free] = taken.includes(name) ? named([column], taken) : [{ name }];
      taken.push(free!.name);
      return { [free!.name]: { column, type: 'string' as const, optional: true } };
    });
  const attributes = [...source.attributes, ...more];
  return more.length === 0 ? config : { ...config, source: { ...source, attributes } };
}

/** Names that mean something already, to checks, filters and transforms. */
function takenNames({ id, timestamp, text, attributes }: Mapping): string[] {
  const own = [id, timestamp, 'text', ...text].filter((name) => name !== undefined);
  return [...own, ...attributes.map(({ name }) => name)];
}

function named(columns: readonly string[], taken: readonly string[]): AddedColumn[] {
  const before = taken.map((name) => ({ name }));
  return columns.map((column) => {
    const name = attributeName(column, before);
    before.push({ name });
    return { column, name };
  });
}

/** Writes down what was seen, so that the steps of a run that come later go by it. */
export function noteLook(lake: Lake, looked: AddedColumns): Promise<void> {
  return inTurn(fileOf(lake), () => write(lake, looked));
}

/** Of the columns that the source has now those that are attributes of the tables, or will be after the next look. */
export async function addedNow(
  lake: Lake,
  config: Config,
  now: readonly SourceColumn[],
): Promise<ReadonlySet<string>> {
  const kept = await readAdded(lake);
  const fresh = kept ? freshColumns(config, kept, now) : [];
  return new Set([...mappedColumns(mappingOf(config.source)), ...fresh.map(({ column }) => column)]);
}

/**
 * Once the checks have passed: what was pending is an attribute for good, as far as it is one of the tables, which are of `config`, and still in the
 * source. Gives what `now` has besides, because it came after the look or beside a stream: the next look finds it.
 */
export function settleAdded(
  lake: Lake,
  config: Config,
  { now, token }: { now: readonly SourceColumn[] | undefined; token?: string | undefined },
): Promise<AddedColumn[]> {
  return inTurn(fileOf(lake), async () => {
    const kept = await readAdded(lake);
    if (kept === undefined) {
      if (now) await write(lake, { before: now.map(({ name }) => name), added: [], pending: [], token });
      return [];
    }
    const columns = mappedColumns(mappingOf(config.source));
    const isThere = (column: string) => now === undefined || now.some(({ name }) => name === column);
    const isSettled = ({ column }: AddedColumn) => columns.includes(column) && isThere(column);
    const settled = {
      ...kept,
      added: [...kept.added, ...kept.pending.filter(isSettled)],
      pending: kept.pending.filter((one) => !isSettled(one)),
    };
    const late = freshColumns(config, settled, now ?? []);
    const isAnother = late.length > MOST_ADDED;
    const looked = isAnother ? passedOver(settled, late) : settled;
    await write(lake, late.length === 0 ? looked : { ...looked, token: undefined });
    return isAnother ? [] : late;
  });
}

function passedOver(kept: AddedColumns, fresh: readonly AddedColumn[]): AddedColumns {
  return { ...kept, before: [...kept.before, ...fresh.map(({ column }) => column)] };
}

export async function readAdded(lake: Lake): Promise<AddedColumns | undefined> {
  return await readJson<AddedColumns>(fileOf(lake));
}

async function write(lake: Lake, columns: AddedColumns): Promise<void> {
  if (digestOf((await readAdded(lake)) ?? null) !== digestOf(columns))
    await replaceJson(fileOf(lake), columns);
}

/** What is told of them, of which `when` says from when on they are attributes. */
export function addedText(fresh: readonly AddedColumn[], when: string): string {
  const names = fresh.map(({ column, name }) => (column === name ? name : `${name} ("${column}")`));
  return `the source has new columns, which are attributes ${when}: ${names.join(', ')}; with them the whole source is mapped anew, with the vectors that are kept`;
}

function tooMany(fresh: readonly AddedColumn[]): ThroughlineError {
  const some = fresh.slice(0, 5).map(({ column }) => column);
  return new ThroughlineError(
    `the source has ${fresh.length} new columns (${some.join(', ')}, ...), and no more than ${MOST_ADDED} become attributes at once`,
    {
      code: 'columns_added',
      exitCode: EXIT.config,
      hint: 'Is it the right source? Pass them over: throughline run --accept-schema. Those that you want are named under source.attributes.',
    },
  );
}

function fileOf({ root }: Lake): string {
  return lakePath(root, 'added-columns.json');
}
