import { z } from 'zod';

export const SCOPES = ['read', 'feedback', 'admin'] as const;

export type Scope = (typeof SCOPES)[number];

/** What a page or a program has to know before it asks: columns to filter by, versions, what the caller may do. */
export const aboutAnswer = z.object({
  name: z.string(),
  /** Of the product. */
  version: z.string(),
  /** The column's name that filters and facets know the time by. */
  timestamp: z.string().nullable(),
  /** The same of the id. */
  id: z.string().nullable(),
  attributes: z.array(
    z.object({ name: z.string(), type: z.enum(['string', 'long', 'double', 'boolean', 'timestamp']) }),
  ),
  /** `passages` is null for a key that sees a part of them. */
  index: z.object({ version: z.string(), madeAt: z.string(), passages: z.int().nullable() }),
  themes: z.string().nullable(),
  access: z.object({
    /** Of the key; null where the server asks for none. */
    key: z.string().nullable(),
    scopes: z.array(z.enum(SCOPES)),
    /** Whether the key sees a part of the records only. */
    filtered: z.boolean(),
  }),
});
