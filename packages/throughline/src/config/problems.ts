/** Problems of a YAML file, with their places. */
import { type Document, isMap, isScalar, type LineCounter } from 'yaml';
import type { z } from 'zod';
import { suggest } from '../suggest.ts';

export interface ConfigProblem {
  message: string;
  /** From 1; absent where the problem is that something is missing from the whole file. */
  line?: number;
  column?: number;
}

type Issue = z.core.$ZodIssue;

/** What is wrong, in words, where it stands, and what may have been meant by a key that `schema` does not know. */
export function describeIssue(
  issue: Issue,
  document: Document,
  lines: LineCounter,
  schema: z.ZodType,
): ConfigProblem[] {
  const where = issue.path.filter((part): part is string | number => typeof part !== 'symbol');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const near = suggest(key, knownKeys(where, schema));
      const message = `unknown key "${[...where, key].join('.')}"${near ? `: did you mean "${near}"?` : ''}`;
      return { message, ...placeOf(document, lines, [...where, key]) };
    });
  }
  const branch = issue.code === 'invalid_union' ? nearestBranch(issue) : undefined;
  if (branch)
    return branch.flatMap((inner) =>
      describeIssue({ ...inner, path: [...issue.path, ...inner.path] }, document, lines, schema),
    );
  const name = where.join('.');
  return [{ message: `${name}: ${issue.message}`, ...placeOf(document, lines, where) }];
}

/**
 * Of a union's alternatives, the one whose keys were used: its problems are what the user wants to read.
 * Where no alternative knows the keys, the unknown key itself is the problem.
 */
function nearestBranch(issue: Issue & { code: 'invalid_union' }): Issue[] | undefined {
  const nested = issue.errors.filter((branch) =>
    branch.some((inner) => inner.path.length > 0 || isUnknownKey(inner)),
  );
  const known = nested.find((branch) => !branch.some(isUnknownKey));
  return (known ?? nested[0]?.filter(isUnknownKey)) as Issue[] | undefined;
}

function isUnknownKey(issue: Issue): boolean {
  return issue.code === 'unrecognized_keys';
}

/** Where the value at `path` stands, or the nearest parent that is there. */
export function placeOf(
  document: Document,
  lines: LineCounter,
  path: readonly (string | number)[],
): Partial<ConfigProblem> {
  for (let length = path.length; length > 0; length--) {
    const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const last = path[length - 1]!;
    if (isMap(parent)) {
      const pair = parent.items.find((item) => isScalar(item.key) && item.key.value === last);
      if (pair && isScalar(pair.key)) return place(lines, pair.key.range?.[0]);
    }
    const node = document.getIn(path.slice(0, length), true) as
      | { range?: [number, number, number] }
      | undefined;
    if (node?.range) return place(lines, node.range[0]);
  }
  return {};
}

export function place(lines: LineCounter, offset: number | undefined): { line?: number; column?: number } {
  if (offset === undefined) return {};
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}

/** Keys that the schema knows at `path`, those of every alternative included, for suggestions. */
function knownKeys(path: readonly (string | number)[], schema: z.ZodType): string[] {
  let schemas: unknown[] = [schema];
  for (const part of path) schemas = schemas.flatMap(alternatives).map((schema) => child(schema, part));
  return schemas.flatMap(alternatives).flatMap((schema) => Object.keys(schema.shape ?? {}));
}

interface Inspectable {
  shape?: Record<string, unknown>;
  element?: unknown;
  options?: unknown[];
  def?: { innerType?: unknown; in?: unknown };
}

function child(schema: Inspectable, part: string | number): unknown {
  return typeof part === 'number' ? schema.element : schema.shape?.[part];
}

/** Looks through optional, default and prefault wrappers and transforms, and into unions. */
function alternatives(schema: unknown): Inspectable[] {
  const inspectable = schema as Inspectable | undefined;
  if (!inspectable) return [];
  const inner = inspectable.def?.innerType ?? inspectable.def?.in;
  if (inner) return alternatives(inner);
  return inspectable.options ? inspectable.options.flatMap(alternatives) : [inspectable];
}
