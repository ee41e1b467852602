/** The source of a run as datasets. */
import { resolve } from 'node:path';
import type { SourceConfig } from '../../config/index.ts';
import { patternsOf } from '../../source/files.ts';
import { brokersOf } from '../../source/kafka/index.ts';
import { mappedColumns } from '../../source/mapping.ts';
import type { TrackedRun } from '../tracked-run.ts';
import { type DatasetName, datasetName } from './dataset-name.ts';
import { type Facet, facet } from './facet.ts';

export interface Dataset extends DatasetName {
  facets: Record<string, Facet>;
}

export interface InputDataset extends Dataset {
  inputFacets: Record<string, Facet>;
}

/** An event with thousands of files is refused by collectors: then the patterns that found them are named. */
const MOST_FILES = 100;

/** Empty of a run that had not found its source. */
export function inputNames({ begun, config, directory }: TrackedRun): DatasetName[] {
  if (!begun) return [];
  const { files } = begun;
  const { source } = config;
  if (source.type === 'spark')
    return [{ namespace: `spark:${source.reader}`, name: `${config.name}.source` }];
  if (source.type === 'postgres') return [databaseName(source, config.name)];
  if (source.type === 'kafka') return [topicName(source)];
  if (source.type !== 'delta' && files.length <= MOST_FILES)
    return files.map(({ path }) => datasetName(path));
  return patternsOf(source).map((pattern) => datasetName(resolve(directory, pattern)));
}

/** As OpenLineage names what is in Postgres: https://openlineage.io/docs/spec/naming#postgres */
function databaseName({ url, table }: SourceConfig, pipeline: string): DatasetName {
  const { hostname, port, pathname } = new URL(url!);
  const database = decodeURIComponent(pathname.slice(1));
  return {
    namespace: `postgres://${hostname}:${port || '5432'}`,
    name: table === undefined ? `${database}.${pipeline}.source` : `${database}.${table}`,
  };
}

/** As OpenLineage names a topic: https://openlineage.io/docs/spec/naming#kafka */
function topicName({ brokers, topic }: SourceConfig): DatasetName {
  return { namespace: `kafka://${brokersOf(brokers!)[0]!}`, name: topic! };
}

/** With the columns that are read, and what is known of a file without reading it. */
export function inputsOf(run: TrackedRun, producer: string): InputDataset[] {
  const { begun, config } = run;
  if (!begun) return [];
  const sizes = new Map(begun.files.map(({ path, bytes }) => [datasetName(path).name, bytes]));
  const fields = mappedColumns(begun.mapping).map((name) => ({ name }));
  return inputNames(run).map((name) => {
    const size = sizes.get(name.name);
    const storage = { storageLayer: name.namespace.split(':', 1)[0]!, fileFormat: config.source.type };
    return {
      ...name,
      facets: {
        schema: facet('SchemaDatasetFacet', producer, { fields }),
        ...(!['spark', 'postgres', 'kafka'].includes(config.source.type) && {
          storage: facet('StorageDatasetFacet', producer, storage),
        }),
      },
      inputFacets:
        size === undefined
          ? {}
          : { inputStatistics: facet('InputStatisticsInputDatasetFacet', producer, { size, fileCount: 1 }) },
    };
  });
}
