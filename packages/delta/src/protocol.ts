import type { Protocol } from './actions.ts';
import { UnsupportedFeatureError } from './errors.ts';
import type { DataType, StructField } from './schema.ts';
import type { Metadata, Snapshot } from './snapshot.ts';

/** The protocol of every table made here: the features up to reader version 1 and writer version 2. */
export const PROTOCOL: Protocol = { minReaderVersion: 1, minWriterVersion: 2 };

/** Throws UnsupportedFeatureError when reading the table takes more than reader version 1 ("Reader Version Requirements"). */
export function checkReadable(root: string, protocol: Protocol): void {
  if (protocol.minReaderVersion <= 1) return;
  const features = protocol.readerFeatures?.length ? ` (${protocol.readerFeatures.join(', ')})` : '';
  throw new UnsupportedFeatureError(
    `Reading ${root} needs Delta reader version ${protocol.minReaderVersion}${features}; version 1 is supported.`,
  );
}

/**
 * Throws UnsupportedFeatureError when writing would break a promise that the table makes: more than writer
 * version 2, invariants, CHECK constraints, generated columns, and whatever else must be upheld on write.
 */
export function checkWritable(snapshot: Pick<Snapshot, 'root' | 'protocol' | 'metadata'>): void {
  const { root, protocol, metadata } = snapshot;
  checkReadable(root, protocol);
  if (protocol.minWriterVersion > 2) {
    const features = protocol.writerFeatures?.length ? ` (${protocol.writerFeatures.join(', ')})` : '';
    throw new UnsupportedFeatureError(
      `Writing to ${root} needs Delta writer version ${protocol.minWriterVersion}${features}; version 2 is supported.`,
    );
  }
  checkMetadata(root, metadata);
}

/** Throws UnsupportedFeatureError when the schema or the configuration asks for what is not upheld here. */
export function checkMetadata(root: string, metadata: Pick<Metadata, 'schema' | 'configuration'>): void {
  for (const [key, value] of Object.entries(metadata.configuration)) {
    if (key.startsWith('delta.constraints.')) {
      throw new UnsupportedFeatureError(
        `${root} has the CHECK constraint ${key} (${value}), which is not upheld here.`,
      );
    }
    if (refusedSetting(key, value)) {
      throw new UnsupportedFeatureError(
        `${root} has the table property ${key}=${value}, which is not supported here.`,
      );
    }
  }
  for (const field of allFields(metadata.schema)) checkField(root, field);
}

/** Append-only tables take no removes ("Append-only Tables"). */
export function isAppendOnly(metadata: Metadata): boolean {
  return metadata.configuration['delta.appendOnly']?.toLowerCase() === 'true';
}

/** Properties that change what a writer must do. The retention of txn entries would break exactly-once commits. */
function refusedSetting(key: string, value: string): boolean {
  if (key === 'delta.columnMapping.mode') return value !== 'none';
  if (key === 'delta.setTransactionRetentionDuration' || key === 'delta.randomizeFilePrefixes')
    return value !== 'false';
  const features = ['delta.enableChangeDataFeed', 'delta.enableDeletionVectors', 'delta.enableRowTracking'];
  features.push('delta.enableInCommitTimestamps', 'delta.enableTypeWidening', 'delta.enableIcebergCompatV1');
  if (key.startsWith('delta.feature.')) return true;
  return features.includes(key) && value.toLowerCase() === 'true';
}

function checkField(root: string, field: StructField): void {
  const forbidden = {
    'delta.invariants': 'an invariant',
    'delta.generationExpression': 'a generation expression',
  };
  for (const [key, what] of Object.entries(forbidden)) {
    if (field.metadata[key] !== undefined) {
      throw new UnsupportedFeatureError(
        `The column ${field.name} of ${root} has ${what}, which is not upheld here.`,
      );
    }
  }
  if (Object.keys(field.metadata).some((key) => key.startsWith('delta.identity.'))) {
    throw new UnsupportedFeatureError(
      `${field.name} of ${root} is an identity column, which is not supported here.`,
    );
  }
  if (field.type === 'timestamp_ntz') {
    throw new UnsupportedFeatureError(
      `${field.name} of ${root}: timestamp_ntz needs reader version 3; use timestamp.`,
    );
  }
}

function* allFields(type: DataType): Generator<StructField> {
  if (typeof type === 'string') return;
  if (type.type === 'array') yield* allFields(type.elementType);
  else if (type.type === 'map') {
    yield* allFields(type.keyType);
    yield* allFields(type.valueType);
  } else {
    for (const field of type.fields) {
      yield field;
      yield* allFields(field.type);
    }
  }
}
