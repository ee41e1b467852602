import { type FileHandle, open } from 'node:fs/promises';
import { create, type MessageInitShape } from '@bufbuild/protobuf';
import type { Channel } from './channel.ts';
import { crc32 } from './crc32.ts';
import { SparkConnectError } from './errors.ts';
import { type AddArtifactsRequest, AddArtifactsRequestSchema } from './protocol/spark_connect_pb.ts';
import type { Limits } from './settings.ts';

/** A file for the executors of this session. */
export interface Artifact {
  /**
   * `files/NAME` lies in an executor's working folder of this session; `archives/NAME.zip#FOLDER` (also .tar.gz, .tgz)
   * is unpacked into FOLDER in it, or into NAME.zip; `cache/SHA256` is kept for the server's own use.
   */
  name: string;
  /** The path of a file here, which must not change meanwhile; or its bytes. */
  content: string | Uint8Array;
}

/** Bytes of one message: few enough for any limit on messages, many enough that their number costs nothing. */
const CHUNK_BYTES = 256 * 1024;

/** Sends all artifacts, or throws. Sending the same again changes nothing; other bytes under a known name are refused. */
export async function addArtifacts(
  channel: Channel,
  artifacts: readonly Artifact[],
  limits: Limits,
): Promise<void> {
  for (const { name } of artifacts) checkName(name);
  const { service } = channel;
  const { artifacts: sent } = await channel.call(
    (options) => service.addArtifacts(requests(channel, artifacts), options),
    limits,
  );
  const damaged = sent.filter(({ isCrcSuccessful }) => !isCrcSuccessful).map(({ name }) => name);
  if (damaged.length === 0) return;
  throw new SparkConnectError(
    'ARTIFACT_DAMAGED',
    `Artifacts arrived damaged: ${damaged.join(', ')}. Send them again.`,
  );
}

/** Which of these artifacts the server has. Spark 4.1 answers for `cache/` names only, and says no for any other. */
export async function artifactStatuses(
  channel: Channel,
  names: readonly string[],
  limits: Limits,
): Promise<Map<string, boolean>> {
  const { service, caller } = channel;
  const { statuses } = await channel.call(
    (options) => service.artifactStatus({ ...caller(), names: [...names] }, options),
    limits,
  );
  return new Map(names.map((name) => [name, statuses[name]?.exists ?? false]));
}

/** Names are relative and stay inside their folder; `#` renames an archive and nothing else. */
function checkName(name: string): void {
  const [path = '', folder, ...more] = name.split('#');
  const parts = [...path.split('/'), ...(folder === undefined ? [] : [folder])];
  const plain = parts.every((part) => /^[^/\\\0]+$/.test(part) && part !== '.' && part !== '..');
  const known = ['files', 'archives', 'cache'].includes(parts[0]!) && path.includes('/');
  if (plain && known && more.length === 0 && (folder === undefined || parts[0] === 'archives')) return;
  throw new RangeError(
    `An artifact is files/NAME, archives/NAME#FOLDER or cache/HASH, not ${JSON.stringify(name)}`,
  );
}

type Payload = NonNullable<MessageInitShape<typeof AddArtifactsRequestSchema>['payload']>;

async function* requests(
  channel: Channel,
  artifacts: readonly Artifact[],
): AsyncGenerator<AddArtifactsRequest, void, void> {
  for (const artifact of artifacts) {
    for await (const payload of payloads(artifact)) {
      yield create(AddArtifactsRequestSchema, { ...channel.caller(), payload });
    }
  }
}

async function* payloads({ name, content }: Artifact): AsyncGenerator<Payload, void, void> {
  if (typeof content !== 'string') return yield* chunked(name, content.length, slices(content));
  await using file = await open(content);
  const { size } = await file.stat();
  yield* chunked(name, size, readFile(file, size));
}

/** The server has to be told the size and the number of chunks first, and the CRC-32 of each chunk. */
async function* chunked(
  name: string,
  size: number,
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Payload, void, void> {
  let first = true;
  for await (const bytes of chunks) {
    const data = { data: bytes as Uint8Array<ArrayBuffer>, crc: BigInt(crc32(bytes)) };
    if (!first) yield { case: 'chunk', value: data };
    else if (size <= CHUNK_BYTES) yield { case: 'batch', value: { artifacts: [{ name, data }] } };
    else yield { case: 'beginChunk', value: { name, initialChunk: data, ...extent(size) } };
    first = false;
  }
}

function extent(size: number): { totalBytes: bigint; numChunks: bigint } {
  return { totalBytes: BigInt(size), numChunks: BigInt(Math.ceil(size / CHUNK_BYTES)) };
}

/** At least one slice, even of nothing. */
function* slices(bytes: Uint8Array): Generator<Uint8Array, void, void> {
  let at = 0;
  do {
    yield bytes.subarray(at, at + CHUNK_BYTES);
    at += CHUNK_BYTES;
  } while (at < bytes.length);
}

async function* readFile(file: FileHandle, size: number): AsyncGenerator<Uint8Array, void, void> {
  let at = 0;
  do {
    const bytes = new Uint8Array(Math.min(CHUNK_BYTES, size - at));
    await fill(file, bytes, at);
    yield bytes;
    at += bytes.length;
  } while (at < size);
}

async function fill(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let filled = 0;
  while (filled < bytes.length) {
    const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, position + filled);
    if (bytesRead === 0)
      throw new SparkConnectError('ARTIFACT_CHANGED', 'An artifact became shorter while it was sent.');
    filled += bytesRead;
  }
}
