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
interface KeptColumns {
  /** Names of the columns that were there before, or were passed over: none of them is new. */
  before: readonly string[];
  /** Attributes, as the checks have passed them. */
  added: readonly AddedColumn[];
  /** Of the last look that found nothing else, by `lookToken`; absent where the next one has to look. */
  token?: string | undefined;
}

/** What a run goes by. */
export interface LookedAt extends KeptColumns {
  /** New: attributes of its tables, and of the lake's once the checks have passed. */
  pending: readonly AddedColumn[];
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
 * `source`: what it has now, for who makes the tables whole. `settled`: what the checks have passed, for runs of a part, of a sample or of one step,
 * which would begin tables that nobody completes, or not agree about which they are.
 */
export type GoesBy = 'source' | 'settled';

/** Equal ones see the same columns, and want the same of them; `config` is as it was written. Undefined where the state of the source cannot be told. */
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
): Promise<LookedAt | undefined> {
  const kept = (await readAdded(lake)) ?? (await begin(lake));
  if (kept === undefined) return undefined;
  const isSeen = token !== undefined && kept.token === token;
  if (goesBy === 'settled' || isSeen) return { ...kept, pending: [] };
  const pending = freshColumns(config, kept, (await describe()) ?? []);
  if (pending.length <= MOST_ADDED) return { ...kept, pending };
  if (!acceptSchema) throw tooMany(pending);
  const before = [...kept.before, ...pending.map(({ column }) => column)];
  return { ...kept, before, pending: [] };
}

/** By what the last run that ended well has seen. */
async function begin(lake: Lake): Promise<KeptColumns | undefined> {
  const known = await knownColumns(lake);
  return known && { before: known.map(({ name }) => name), added: [] };
}

/** By name; what the config maps is its own. Pure. */
export function freshColumns(
  { source }: Config,
  { before, added }: Pick<KeptColumns, 'before' | 'added'>,
  now: readonly SourceColumn[],
): AddedColumn[] {
  const mapping = mappingOf(source);
  // To a step of a transform `text` is the text of a record, unless a column that is mapped is called so.
  const known = [...before, ...mappedColumns(mapping), ...added.map(({ column }) => column), 'text'];
  const isNameless = ({ name }: SourceColumn) =>
    source.type === 'csv' && source.header !== false && /^column\d+$/.test(name);
  const others = [...known.map((name) => ({ name })), ...now];
  return named(
    now
      .filter((column) => !known.includes(column.name) && !isNameless(column))
      .filter((column) => canBeAttribute(column, others))
      .map(({ name }) => name),
    [...takenNames(mapping), ...added.map(({ name }) => name)],
  );
}

/** With an attribute, of type string, for each column that the config does not map. Optional ones: what was there before need not have it. */
export function withAdded(config: Config, added: readonly AddedColumn[]): Config {
  const { source } = config;
  const mapping = mappingOf(source);
  const columns = mappedColumns(mapping);
  const taken = takenNames(mapping);
  const more = added
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

/** Of the columns that the source has now those that are attributes of the tables, or will be with the next run that makes them whole. */
export async function addedNow(
  lake: Lake,
  config: Config,
  now: readonly SourceColumn[],
): Promise<ReadonlySet<string>> {
  const kept = (await readAdded(lake)) ?? (await begin(lake));
  const fresh = kept ? freshColumns(config, kept, now) : [];
  return new Set([...mappedColumns(mappingOf(config.source)), ...fresh.map(({ column }) => column)]);
}

/**
 * Once the checks have passed: what was pending is an attribute for good. Gives what `now` has besides, because it came after the look, beside a
 * stream, or in a run that does not look: the next look finds it. `config` is that of the tables.
 */
export function settleAdded(
  lake: Lake,
  config: Config,
  { looked, now, token }: Settled,
): Promise<AddedColumn[]> {
  return inTurn(fileOf(lake), async () => {
    const kept = await readAdded(lake);
    const found = kept ?? looked ?? (await begin(lake)) ?? first(now);
    if (found === undefined) return [];
    const others = [...(looked?.added ?? []), ...(looked?.pending ?? [])].filter(
      ({ column }) => !found.added.some((one) => one.column === column),
    );
    const before = [...new Set([...found.before, ...(looked?.before ?? [])])];
    const settled = { before, added: [...found.added, ...others] };
    const late = freshColumns(config, settled, now ?? []);
    // A look is over that found all there was.
    const at = late.length > 0 ? undefined : (token ?? found.token);
    const settling: KeptColumns = { ...settled, ...(at !== undefined && { token: at }) };
    if (digestOf(kept ?? null) !== digestOf(settling)) await replaceJson(fileOf(lake), settling);
    return late;
  });
}

interface Settled {
  /** By what the run went. */
  looked: LookedAt | undefined;
  /** Columns of the source as the run has read it; undefined where it has not. */
  now: readonly SourceColumn[] | undefined;
  /** Of a run that went by the source, by `lookToken`. */
  token?: string | undefined;
}

function first(now: readonly SourceColumn[] | undefined): KeptColumns | undefined {
  return now && { before: now.map(({ name }) => name), added: [] };
}

export async function readAdded(lake: Lake): Promise<KeptColumns | undefined> {
  return await readJson<KeptColumns>(fileOf(lake));
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
