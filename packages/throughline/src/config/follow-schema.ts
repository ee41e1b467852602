import { z } from 'zod';
import { count, duration } from './primitives.ts';

export const follow = z.strictObject({
  every: duration
    .default('1s')
    .describe(
      'Least time from one micro-batch to the next, and how often a source is looked at that cannot tell',
    ),
  batch: count.default(10_000).describe('Most changes of a micro-batch; they are held in memory'),
  derive: duration
    .default('10m')
    .describe('How often checks, index and themes follow what was published; search sees it at once'),
  maxLag: duration
    .optional()
    .describe('Oldest that a change may be when it is published, or an alert is raised: 5m'),
});
