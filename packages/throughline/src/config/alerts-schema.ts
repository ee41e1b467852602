/** The section `alerts:`: who is told when something needs somebody. */
import { z } from 'zod';
import { variableName } from './primitives.ts';

const address = z.url({ protocol: /^https?$/, error: 'it is an address that begins with https://' });

export const alerts = z.array(
  z.union([
    z.strictObject({
      webhook: address.describe('Gets a POST of JSON; other tools take webhooks'),
      secretVariable: variableName
        .optional()
        .describe('Variable with the secret that requests are signed by (HMAC-SHA256)'),
    }),
    z.strictObject({ slack: address.describe('Incoming webhook of Slack') }),
  ]),
);
