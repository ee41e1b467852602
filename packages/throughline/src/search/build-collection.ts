import { join } from 'node:path';
import { openTable } from '@throughline/delta';
import type { Attribute } from '../source/mapping.ts';
import { collectionsFor, type Kept, type StoreSetting } from './collections.ts';
import { indexedPassages } from './indexed-passages.ts';
import { writeColumns } from './write-columns.ts';

export interface BuildRequest {
  passagesRoot: string;
  passagesVersion: number;
  store: StoreSetting;
  version: string;
  /** The lake's id, and where it is. */
  pipeline: string;
  root: string;
  /** Folder that is there and empty. */
  target: string;
  dimension: number;
  attributes: readonly Attribute[];
  /** Only these; all unless told. */
  chunks?: readonly string[];
}

export interface Built {
  passages: number;
  kept: Kept;
}

/** Builds the collection of one index version. Of the passages only a batch is in memory; the engine's own memory grows with them. */
export async function buildCollection(
  request: BuildRequest,
  progress: (passages: number) => void,
): Promise<Built> {
  const { passagesRoot, passagesVersion, target, chunks, attributes } = request;
  const snapshot = await openTable(passagesRoot, { version: passagesVersion });
  const wanted = chunks && new Set(chunks);
  const files = (await snapshot.files()).filter(
    ({ partitionValues }) => !wanted || wanted.has(partitionValues._chunk!),
  );
  const folder = join(target, 'collection');
  let passages = 0;
  const collections = await collectionsFor(request.store);
  const counted = async function* () {
    for await (const batch of indexedPassages(snapshot, files, request)) {
      yield batch;
      passages += batch.length;
      progress(passages);
    }
  };
  const kept = await collections.write({ ...request, folder }, counted());
  await writeColumns(snapshot, folder, attributes, files);
  return { passages, kept };
}
