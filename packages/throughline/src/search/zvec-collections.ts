/** Collections of Zvec: each in the folder of its version. */
import { attributeField, createCollection, FIELDS, fieldValue } from './collection.ts';
import type { Collections, IndexedPassage } from './collections.ts';
import { FORMAT } from './manifest.ts';
import { openCollection } from './open-collection.ts';
import { zvecStore } from './zvec-store.ts';

/** Zvec takes so many documents in one write. */
const WRITE_LIMIT = 1_024;

export function zvecCollections(): Collections {
  return {
    format: async () => `f${FORMAT}`,
    async write({ folder, dimension, attributes }, passages) {
      const collection = createCollection(folder, dimension, attributes);
      const document = (one: IndexedPassage) => documentOf(one, attributes);
      for await (const batch of passages)
        for (let start = 0; start < batch.length; start += WRITE_LIMIT) {
          const documents = batch.slice(start, start + WRITE_LIMIT).map(document);
          const bad = collection.insertSync(documents).find((status) => !status.ok);
          if (bad) throw new Error(`the search engine refused a passage: ${bad.message}`);
        }
      collection.optimizeSync();
      collection.closeSync();
      return {};
    },
    open: async ({ manifest, folder, without }) =>
      zvecStore(await openCollection(folder), manifest.mapping.attributes, without),
    damageOf: async () => undefined,
    removeUnused: async () => {},
  };
}

function documentOf(
  { passage, record, chunk, ordinal, text, at, attributes: values, vector }: IndexedPassage,
  attributes: readonly { name: string }[],
) {
  const fields: Record<string, unknown> = {
    [FIELDS.text]: text.replaceAll('\0', ' '),
    [FIELDS.record]: record,
    [FIELDS.chunk]: chunk,
    [FIELDS.ordinal]: ordinal,
  };
  const optional = [
    [FIELDS.at, at] as const,
    ...attributes.map(({ name }, i) => [attributeField(name), values[i]!] as const),
  ];
  for (const [name, value] of optional) {
    const held = fieldValue(value);
    if (held !== null) fields[name] = held;
  }
  return { id: passage, vectors: { [FIELDS.vector]: vector }, fields };
}
