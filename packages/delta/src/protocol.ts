import type { Protocol } from './actions.ts';
import { mappingMode } from './column-mapping.ts';
import { UnsupportedFeatureError } from './errors.ts';
import { type DataType, type StructField, type StructType, usesType } from './schema.ts';
import type { Metadata, Snapshot } from './snapshot.ts';

/** The protocol of a table made here: the features up to reader version 1 and writer version 2, if that will do. */
export const PROTOCOL: Protocol = { minReaderVersion: 1, minWriterVersion: 2 };

/** The least protocol that a new table with this schema needs: (1, 2), unless a column is a timestamp_ntz. */
export function protocolFor(schema: StructType, configuration: Record<string, string>): Protocol {
  if (!usesType(schema, 'timestamp_ntz')) return PROTOCOL;
  const appendOnly = configuration['delta.appendOnly'] === undefined ? [] : ['appendOnly'];
  return {
    minReaderVersion: 3,
    minWriterVersion: 7,
    readerFeatures: ['timestampNtz'],
    writerFeatures: ['timestampNtz', ...appendOnly],
  };
}

/** What a reader must know ("Reader Version Requirements", "Table Features"). */
const READABLE = ['columnMapping', 'deletionVectors', 'timestampNtz', 'v2Checkpoint', 'vacuumProtocolCheck'];

/**
 * What a writer must uphold. Some of these are upheld only in so far as they are not in use: `checkMetadata`
 * refuses a table that has constraints, generated or identity columns, mapped columns or a change data feed.
 */
const WRITABLE = [
  'appendOnly',
  'invariants',
  'checkConstraints',
  'changeDataFeed',
  'generatedColumns',
  'identityColumns',
  'columnMapping',
  'deletionVectors',
  'timestampNtz',
  'v2Checkpoint',
  'vacuumProtocolCheck',
  'domainMetadata',
  'inCommitTimestamp',
];

/** The features that the versions before table features stand for. */
const LEGACY: Record<number, string[]> = {
  2: ['appendOnly', 'invariants'],
  3: ['checkConstraints'],
  4: ['changeDataFeed', 'generatedColumns'],
  5: ['columnMapping'],
  6: ['identityColumns'],
};

/** Throws UnsupportedFeatureError, which names them, when reading takes features that are not supported. */
export function checkReadable(
  root: string,
  protocol: Protocol,
  metadata: Pick<Metadata, 'configuration'>,
): void {
  const { minReaderVersion: version, readerFeatures } = protocol;
  if (version > 3 || (version === 3 && readerFeatures === undefined))
    refuseVersion(root, 'reader', version, 3);
  const needed = version === 3 ? readerFeatures! : version === 2 ? ['columnMapping'] : [];
  refuseFeatures(root, 'Reading', needed, READABLE);
  const mode = mappingMode(metadata);
  if (mode !== 'none' && mode !== 'name') {
    throw new UnsupportedFeatureError(
      `Reading ${root} needs column mapping by ${mode}; by name is supported.`,
    );
  }
}

/**
 * Throws UnsupportedFeatureError when writing would break a promise that the table makes: a writer feature that
 * is not supported, invariants, CHECK constraints, generated columns, and whatever else must be upheld on write.
 */
export function checkWritable(snapshot: Pick<Snapshot, 'root' | 'protocol' | 'metadata'>): void {
  const { root, protocol, metadata } = snapshot;
  checkReadable(root, protocol, metadata);
  const { minWriterVersion: version, writerFeatures = [] } = protocol;
  if (version > 7) refuseVersion(root, 'writer', version, 7);
  refuseFeatures(root, 'Writing to', version === 7 ? writerFeatures : legacyFeatures(version), WRITABLE);
  checkMetadata(root, metadata);
  if (usesType(metadata.schema, 'timestamp_ntz') && !writerFeatures.includes('timestampNtz')) {
    throw new UnsupportedFeatureError(`${root} has a timestamp_ntz column without the feature timestampNtz.`);
  }
}

/** Throws UnsupportedFeatureError when the schema or the configuration asks for what is not upheld here. */
function checkMetadata(root: string, metadata: Pick<Metadata, 'schema' | 'configuration'>): void {
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

/** Throws UnsupportedFeatureError for properties that turn on a feature which tables made here do not have. */
export function checkNewTable(root: string, metadata: Pick<Metadata, 'schema' | 'configuration'>): void {
  checkMetadata(root, metadata);
  const needsFeature = ['delta.enableDeletionVectors', 'delta.enableInCommitTimestamps'];
  for (const [key, value] of Object.entries(metadata.configuration)) {
    const on = needsFeature.includes(key) && value.toLowerCase() === 'true';
    if (!on && !(key === 'delta.checkpointPolicy' && value !== 'classic')) continue;
    throw new UnsupportedFeatureError(
      `${root} cannot be made with the table property ${key}=${value}: tables are made without that feature.`,
    );
  }
}

/** Append-only tables take no removes ("Append-only Tables"). */
export function isAppendOnly(metadata: Metadata): boolean {
  return isOn(metadata, 'delta.appendOnly');
}

/** Commits say their time in `commitInfo.inCommitTimestamp` ("In-Commit Timestamps"). */
export function hasInCommitTimestamps({
  protocol,
  metadata,
}: Pick<Snapshot, 'protocol' | 'metadata'>): boolean {
  const supported = protocol.writerFeatures?.includes('inCommitTimestamp') ?? false;
  return supported && isOn(metadata, 'delta.enableInCommitTimestamps');
}

function isOn({ configuration }: Pick<Metadata, 'configuration'>, key: string): boolean {
  return configuration[key]?.toLowerCase() === 'true';
}

function legacyFeatures(version: number): string[] {
  return Object.entries(LEGACY).flatMap(([from, features]) => (Number(from) <= version ? features : []));
}

function refuseVersion(root: string, side: string, version: number, supported: number): never {
  throw new UnsupportedFeatureError(
    `${root} needs Delta ${side} version ${version}; up to ${supported} is supported.`,
  );
}

function refuseFeatures(
  root: string,
  doing: string,
  needed: readonly string[],
  supported: readonly string[],
): void {
  const missing = needed.filter((feature) => !supported.includes(feature));
  if (missing.length === 0) return;
  const names = `${missing.length === 1 ? 'feature' : 'features'} ${missing.join(', ')}`;
  throw new UnsupportedFeatureError(`${doing} ${root} needs the Delta ${names}, not supported here.`);
}

const REFUSED_WHEN_ON = [
  'delta.checkpoint.writeStatsAsStruct',
  'delta.enableChangeDataFeed',
  'delta.enableRowTracking',
  'delta.enableTypeWidening',
  'delta.enableIcebergCompatV1',
  'delta.enableIcebergCompatV2',
];

/** Properties that change what a writer must do. The retention of txn entries would break exactly-once commits. */
function refusedSetting(key: string, value: string): boolean {
  if (key === 'delta.columnMapping.mode') return value.toLowerCase() !== 'none';
  if (key === 'delta.setTransactionRetentionDuration' || key === 'delta.randomizeFilePrefixes')
    return value !== 'false';
  if (key.startsWith('delta.feature.')) return true;
  if (key === 'delta.checkpoint.writeStatsAsJson') return value.toLowerCase() === 'false';
  return REFUSED_WHEN_ON.includes(key) && value.toLowerCase() === 'true';
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
  if (field.type === 'void') {
    throw new UnsupportedFeatureError(
      `${field.name} of ${root} is of type void, which is read but not written.`,
    );
  }
  if (Object.keys(field.metadata).some((key) => key.startsWith('delta.identity.'))) {
    throw new UnsupportedFeatureError(
      `${field.name} of ${root} is an identity column, which is not supported here.`,
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
