/**
 * When a field of messages is new, or missing: messages have fields that are optional, and fields of one kind of message, so that shares of them are
 * compared. Why it is these numbers: docs/quality.md. Pure.
 */
import type { SourceColumn } from '../source/source-columns.ts';

/** A field that fewer of the messages have is not judged. */
const JUDGED = 0.05;
/** Of its former share: what is less is missing. */
const FALLEN = 0.1;
/** A field that fewer of the messages have by now is not known any more. */
const FORGOTTEN = 0.001;
/** How much the messages of one look count against all before them: a field that goes bit by bit, over ten looks or twenty, is compared with what it was. */
const WEIGHT = 0.1;
/** A field that went and came back may go again; after so long it is one that stays. */
const STEADY_MS = 30 * 86_400_000;
const MOST = 1_000;
const DIGITS = 10_000;

type Shared = SourceColumn & { share: number };

function isShared(column: SourceColumn): column is Shared {
  return column.share !== undefined;
}

/** Whether the field is to be told as missing: once, and not of one that is known to come and go. */
export function isGone(before: SourceColumn, now: SourceColumn | undefined): boolean {
  return isShared(before) && before.awayAt === undefined && hasFallen(before, now?.share ?? 0);
}

/** Whether a field that was not known is one to tell of. */
export function isUsual({ share }: SourceColumn): boolean {
  return share === undefined || share >= JUDGED;
}

/** A type of which nothing was known is another one. */
export function isOtherType(before: string, now: string, column: SourceColumn): boolean {
  if (!isShared(column)) return before !== now;
  const known = typesOf(before);
  return typesOf(now).some((type) => !known.includes(type));
}

/** What later looks go by, after these columns were told and not refused; `at` in milliseconds since 1970 UTC. */
export function columnsAfter(
  before: readonly SourceColumn[] | undefined,
  now: readonly SourceColumn[],
  at: number,
): SourceColumn[] {
  if (!now.some(isShared) && !(now.length === 0 && before?.some(isShared))) return [...now];
  const has = new Map(now.map((column) => [column.name, column]));
  const known = (before ?? []).filter(isShared);
  const names = new Set(known.map(({ name }) => name));
  const fresh = now.filter((column) => !names.has(column.name) && isUsual(column));
  return [...known.map((column) => fieldAfter(column, has.get(column.name), at)), ...fresh]
    .filter(({ share }) => share === undefined || share >= FORGOTTEN)
    .sort(
      (a, b) =>
        (b.awayAt ?? Number.POSITIVE_INFINITY) - (a.awayAt ?? Number.POSITIVE_INFINITY) || byName(a, b),
    )
    .slice(0, MOST)
    .sort(byName);
}

function fieldAfter(before: Shared, now: SourceColumn | undefined, at: number): SourceColumn {
  const share = now?.share ?? 0;
  if (hasFallen(before, share)) return { ...before, awayAt: at };
  const { awayAt, type: _type, ...rest } = before;
  const types = [...new Set([...typesOf(before.type), ...typesOf(now?.type)])];
  return {
    ...rest,
    share: Math.round((before.share * (1 - WEIGHT) + share * WEIGHT) * DIGITS) / DIGITS,
    ...(types.length > 0 && { type: types.sort().join(TYPES) }),
    ...(awayAt !== undefined && at - awayAt < STEADY_MS && { awayAt }),
  };
}

function hasFallen(before: Shared, share: number): boolean {
  return before.share >= JUDGED && share < before.share * FALLEN;
}

const TYPES = ' | ';

function typesOf(type: string | undefined): string[] {
  return type === undefined ? [] : type.split(TYPES);
}

function byName(a: SourceColumn, b: SourceColumn): number {
  return a.name < b.name ? -1 : 1;
}
