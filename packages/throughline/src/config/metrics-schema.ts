/** The section `metrics:`: figures of runs for Prometheus. */
import { z } from 'zod';

export const metrics = z
  .strictObject({
    textfile: z
      .string()
      .regex(/\.prom$/, 'the node exporter reads files that end in .prom')
      .optional()
      .describe('File for the textfile collector of the node exporter, relative to the config file'),
    push: z
      .url({ protocol: /^https?$/, error: 'it is an address that begins with https://' })
      .optional()
      .describe('Address of a Pushgateway'),
  })
  .refine(
    ({ textfile, push }) => textfile !== undefined || push !== undefined,
    'it names textfile, push, or both',
  );
