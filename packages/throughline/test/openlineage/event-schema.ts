/** The JSON Schemas of OpenLineage, as a check of events and of the facets in them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const FOLDER = join(import.meta.dirname, 'fixtures');

/** All faults of an event: of itself, and of each facet by the schema that it names. Empty for a valid one. */
export function openEventCheck(): (event: unknown) => string[] {
  const ajv = new Ajv2020({ allErrors: true, strict: false });
  (addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
  for (const name of readdirSync(FOLDER).filter((name) => name.endsWith('.json')))
    ajv.addSchema(JSON.parse(readFileSync(join(FOLDER, name), 'utf8')));
  const faultsOf = (reference: string, value: unknown): string[] => {
    const validate = ajv.getSchema(reference);
    if (!validate) return [`${reference} is no schema`];
    if (validate(value)) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message }) => `${reference}${instancePath} ${message}`,
    );
  };
  const facets = function* (value: unknown): Generator<{ _schemaURL: string }> {
    if (value === null || typeof value !== 'object') return;
    if ('_schemaURL' in value) yield value as { _schemaURL: string };
    for (const inner of Object.values(value)) yield* facets(inner);
  };
  return (event) => [
    ...faultsOf((event as { schemaURL: string }).schemaURL, event),
    ...[...facets(event)].flatMap((facet) => faultsOf(facet._schemaURL, facet)),
  ];
}
