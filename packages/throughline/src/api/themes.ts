import { z } from 'zod';

const passage = z.object({ passageId: z.string(), recordId: z.string(), text: z.string() });

const theme = z.object({
  id: z.string(),
  /** `noise`: texts that say nothing; `group`: themes that have something in common. */
  kind: z.enum(['theme', 'noise', 'group']),
  label: z.string(),
  autoLabel: z.string(),
  description: z.string().nullable(),
  hidden: z.boolean(),
  pinned: z.boolean(),
  keywords: z.array(z.string()),
  /** Passages. */
  size: z.int(),
  share: z.number(),
  /** The group that it is in. */
  parent: z.string().nullable(),
  /** same, split, merged, born: what it is to the version before. */
  status: z.string().nullable(),
  firstSeen: z.string().nullable(),
  representatives: z.array(passage),
});

export const themesQuery = z.strictObject({ all: z.stringbool().optional() });

/** The largest first. */
export const themesAnswer = z.object({
  version: z.string(),
  themes: z.array(theme),
  /** Of themes, and of groups. */
  groups: z.array(theme),
  hidden: z.int(),
  unassigned: z.number(),
});

export const themeAnswer = theme.extend({
  version: z.string(),
  records: z.int(),
  /** Share of its passages that are about as near to another theme. */
  unclear: z.number(),
  passages: z.array(passage.extend({ score: z.number(), margin: z.number() })),
  attributes: z.record(z.string(), z.array(z.object({ value: z.string(), share: z.number() }))),
  /** The groups that it is in, from the top. */
  above: z.array(z.object({ id: z.string(), label: z.string() })),
  /** What is in it, if it is a group. */
  below: z.array(z.object({ id: z.string(), label: z.string(), size: z.int(), share: z.number() })),
  /** Cosine of the centroids; the nearest first, at most five. */
  neighbours: z.array(z.object({ id: z.string(), label: z.string(), similarity: z.number() })),
});

export const themePassagesQuery = z.strictObject({
  /** `clear`: those that belong to it most clearly; `unclear`: those between two themes; `newest`. */
  order: z.enum(['clear', 'unclear', 'newest']).optional(),
  limit: z.coerce.number().int().min(1).max(100).optional(),
  cursor: z.string().max(200).optional(),
});

export const themePassagesAnswer = z.object({
  version: z.string(),
  passages: z.array(passage.extend({ score: z.number(), margin: z.number(), at: z.string().nullable() })),
  nextCursor: z.string().nullable(),
});

export const trendsQuery = z.strictObject({
  /** 1d, 7d, 1M, 1y; chosen by the number of records unless told. */
  every: z
    .string()
    .regex(/^[1-9]\d{0,3}[dwMy]$/, 'a number and d, w, M or y: 7d')
    .optional(),
  periods: z.coerce.number().int().min(1).max(400).optional(),
  /** An attribute: a trend for each of its most frequent values, too. */
  by: z.string().max(200).optional(),
  zone: z.string().max(100).optional(),
});

const point = z.object({
  count: z.number(),
  share: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  change: z.enum(['none', 'more', 'less', 'new']),
  before: z.number().nullable(),
  /** Share in the same period of the year before. */
  yearBefore: z.number().nullable(),
  q: z.number().nullable(),
});

export const trendsAnswer = z.object({
  version: z.string(),
  every: z.string(),
  zone: z.string(),
  by: z.string().nullable(),
  periods: z.array(z.object({ from: z.string(), to: z.string() })),
  lastIsOpen: z.boolean(),
  groups: z.array(
    z.object({
      value: z.string().nullable(),
      totals: z.array(z.number()),
      themes: z.array(z.object({ id: z.string(), label: z.string(), points: z.array(point) })),
    }),
  ),
  news: z.array(
    z.object({
      value: z.string().nullable(),
      theme: z.string(),
      label: z.string(),
      change: z.enum(['more', 'less', 'new']),
      share: z.number(),
      before: z.number(),
      q: z.number(),
      texts: z.array(z.object({ recordId: z.string(), text: z.string() })),
    }),
  ),
  withoutTime: z.number(),
});

const MAX_POINTS = 200_000;

export const mapQuery = z.strictObject({
  /** Points at the most; 100,000 unless told. Of more passages, a sample by the hash of their ids. */
  limit: z.coerce.number().int().min(1).max(MAX_POINTS).optional(),
});

/** Columns of equal length. */
export const mapAnswer = z.object({
  version: z.string(),
  /** Passages that have a place, also those that are not among the points. */
  passages: z.int(),
  /** Themes by number: `theme` counts from 0 into it. Passages without a theme have -1. */
  themes: z.array(z.string()),
  x: z.array(z.number()),
  y: z.array(z.number()),
  theme: z.array(z.int()),
  passageIds: z.array(z.string()),
});

const id = z.string().max(100);

export const editRequest = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('rename'), theme: id, label: z.string().trim().min(1).max(200) }),
  z.strictObject({ kind: z.literal('merge'), theme: id, into: id }),
  z.strictObject({ kind: z.literal('split'), theme: id, parts: z.int().min(2).max(50).optional() }),
  z.strictObject({ kind: z.literal('pin'), theme: id }),
  z.strictObject({ kind: z.literal('hide'), theme: id }),
  z.strictObject({ kind: z.literal('undo'), undoes: z.int().min(1) }),
]);

export const editAnswer = z.object({ edit: z.int(), version: z.string(), parts: z.array(z.string()) });

export const editsAnswer = z.object({
  edits: z.array(
    z.object({
      number: z.int(),
      kind: z.enum(['rename', 'merge', 'split', 'pin', 'hide', 'undo']),
      theme: z.string().nullable(),
      what: z.string(),
      author: z.string(),
      at: z.string(),
      state: z.enum(['applied', 'waiting', 'undone', 'undo']),
      why: z.string().nullable(),
    }),
  ),
});
