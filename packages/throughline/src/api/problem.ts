import { z } from 'zod';

/** What went wrong, as `application/problem+json` (RFC 9457). */
export const problem = z.object({
  /** `about:blank`: the code tells what it is. */
  type: z.string(),
  title: z.string(),
  status: z.int(),
  /** What happened, in words. */
  detail: z.string(),
  /** Stable name of the fault, such as `filter_invalid`. */
  code: z.string(),
  /** What to do about it. */
  hint: z.string().optional(),
  /** Also in the header `x-request-id` and in the server's log. */
  requestId: z.string(),
});

export type Problem = z.infer<typeof problem>;
