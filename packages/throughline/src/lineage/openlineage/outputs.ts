/** The tables that a run has written, as datasets. */
import type { DataType, StructType } from '@throughline/delta';
import type { Config } from '../../config/index.ts';
import { BUILD_TABLES, type BuildTable, existingBuild } from '../../lake/build.ts';
import type { RunResult } from '../../run/result.ts';
import type { Mapping } from '../../source/mapping.ts';
import type { TrackedRun } from '../tracked-run.ts';
import { type DatasetName, datasetName } from './dataset-name.ts';
import { type Facet, facet } from './facet.ts';
import { type Dataset, inputNames } from './inputs.ts';

export interface OutputDataset extends Dataset {
  outputFacets: Record<string, Facet>;
}

/** Of a run that came to its end; its lake has the tables. `rowCount` is of the rows that this run wrote. */
export async function outputsOf(
  run: TrackedRun,
  result: RunResult,
  producer: string,
): Promise<OutputDataset[]> {
  const { begun, config } = run;
  if (!begun || Object.keys(result.tables).length === 0) return [];
  const { tables } = await existingBuild(begun.lake, result.build);
  const written = { records: result.records, passages: result.passages, dead_letters: result.deadLetters };
  return BUILD_TABLES.map((table) => {
    const { root, metadata } = tables[table];
    const columns = columnLineage(table, metadata.schema, {
      config,
      mapping: begun.mapping,
      inputs: inputNames(run),
    });
    return {
      ...datasetName(root),
      facets: {
        schema: facet('SchemaDatasetFacet', producer, { fields: fieldsOf(metadata.schema) }),
        version: facet('DatasetVersionDatasetFacet', producer, { datasetVersion: `${result.tables[table]}` }),
        storage: facet('StorageDatasetFacet', producer, { storageLayer: 'delta', fileFormat: 'parquet' }),
        // The path changes with the settings; this name does not.
        symlinks: facet('SymlinksDatasetFacet', producer, { identifiers: [stableName(config, table)] }),
        ...(columns && { columnLineage: facet('ColumnLineageDatasetFacet', producer, columns) }),
      },
      outputFacets: {
        outputStatistics: facet('OutputStatisticsOutputDatasetFacet', producer, { rowCount: written[table] }),
      },
    };
  });
}

function stableName({ name, lineage }: Config, table: BuildTable) {
  const namespace = lineage?.openlineage?.namespace ?? 'throughline';
  return { namespace, name: `${name}.${table}`, type: 'TABLE' };
}

function fieldsOf({ fields }: StructType) {
  return fields.map(({ name, type }) => ({ name, type: typeName(type) }));
}

function typeName(type: DataType): string {
  if (typeof type === 'string') return type;
  return type.type === 'array' ? `array<${typeName(type.elementType)}>` : type.type;
}

interface Lineage {
  config: Config;
  mapping: Mapping;
  inputs: readonly DatasetName[];
}

/** Undefined where it is not known: SQL and commands may give a column any meaning, and dead letters hold rows as they were. */
function columnLineage(
  table: BuildTable,
  { fields }: StructType,
  { config, mapping, inputs }: Lineage,
): Record<string, unknown> | undefined {
  if (table === 'dead_letters' || config.source.query !== undefined) return undefined;
  if (config.transform.some((step) => 'sql' in step || 'command' in step)) return undefined;
  const { id, text, timestamp, attributes } = mapping;
  const from: Record<string, readonly string[]> = {
    ...(id !== undefined && { _id: [id] }),
    ...(timestamp !== undefined && { _at: [timestamp] }),
    ...Object.fromEntries(['_text', '_hash', '_tokens', '_embedding'].map((name) => [name, text])),
    ...Object.fromEntries(attributes.map(({ name, column }) => [name, [column]])),
  };
  const known = fields.filter(({ name }) => from[name] !== undefined);
  const inputFields = (name: string) =>
    inputs.flatMap((input) =>
      from[name]!.map((column) => ({
        ...input,
        field: column,
        transformations: [{ type: 'DIRECT', subtype: 'TRANSFORMATION' }],
      })),
    );
  return {
    fields: Object.fromEntries(known.map(({ name }) => [name, { inputFields: inputFields(name) }])),
  };
}
