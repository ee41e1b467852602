/** The section `lineage:`: where runs are told to besides the lake. */
import { z } from 'zod';
import { variableName } from './primitives.ts';

const address = z.url({ protocol: /^https?$/, error: 'it is an address that begins with https://' });
const keyVariable = variableName
  .optional()
  .describe('Variable with the key that is sent as a bearer token; never the key itself');

export const lineage = z.strictObject({
  openlineage: z
    .strictObject({
      url: address.describe('Address of the collector, such as http://marquez:5000'),
      endpoint: z.string().min(1).default('api/v1/lineage').describe('Path below the address'),
      namespace: z.string().min(1).default('throughline').describe('Namespace of the job'),
      keyVariable,
    })
    .optional()
    .describe('Events of OpenLineage: what each run read and wrote'),
  mlflow: z
    .strictObject({
      url: address.describe('Address of the tracking server, such as http://mlflow:5000'),
      experiment: z
        .string()
        .min(1)
        .optional()
        .describe('Its name; made unless it is there; the name of the pipeline unless given'),
      keyVariable,
    })
    .optional()
    .describe('Each run as a run of MLflow: settings, figures, commit'),
});
