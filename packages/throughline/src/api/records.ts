import { z } from 'zod';
import { attributeValue } from './search.ts';

const theme = z.object({ id: z.string(), label: z.string() });

export const recordAnswer = z.object({
  recordId: z.string(),
  text: z.string(),
  at: z.string().nullable(),
  chunk: z.string(),
  attributes: z.record(z.string(), attributeValue),
  /** In the order of the text. */
  passages: z.array(
    z.object({
      passageId: z.string(),
      ordinal: z.int(),
      /** UTF-16 code units in the record's text, half-open. */
      start: z.int(),
      end: z.int(),
      /** Null where it has none. A low margin is a passage between two themes. */
      theme: theme.extend({ score: z.number(), margin: z.number() }).nullable(),
    }),
  ),
  /** By their share of the record's passages, the greatest first. */
  themes: z.array(theme.extend({ share: z.number() })),
});

const ids = z.array(z.string().max(64)).min(1).max(100);

export const passagesRequest = z.strictObject({ passageIds: ids });

/** Those that are there, in the order that was asked for. */
export const passagesAnswer = z.object({
  passages: z.array(
    z.object({
      passageId: z.string(),
      recordId: z.string(),
      text: z.string(),
      at: z.string().nullable(),
      attributes: z.record(z.string(), attributeValue),
    }),
  ),
});
