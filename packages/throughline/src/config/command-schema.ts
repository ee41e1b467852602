/** A program of the user's own, wherever one can stand. */
import { z } from 'zod';
import { duration } from './primitives.ts';

export const commandFiles = z
  .array(
    z
      .string()
      .min(1)
      .refine(
        (path) => !/^([\\/]|[A-Za-z]:)/.test(path) && !path.split(/[\\/]/).includes('..'),
        'a path inside of the folder of the config file',
      ),
  )
  .min(1)
  .describe(
    'Files and folders that the program reads or imports: an edit of them counts as one of the program, and they go with it to a cluster',
  );

/** Of a program that shapes rows or passages. */
export const commandSettings = {
  files: commandFiles.optional(),
  revision: z.string().min(1).optional().describe('Another value makes everything again'),
  timeout: duration.optional().describe('For the answer to one batch (default 10m)'),
};

export function commandOf(what: string) {
  return z.array(z.string().min(1)).min(1).describe(what);
}
