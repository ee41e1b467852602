import { randomUUID } from 'node:crypto';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FileExistsError, StoreError } from '../errors.ts';
import type { S3Place } from './s3-client.ts';
import { s3Error, statusOf } from './s3-error.ts';
import { headObject, type S3Head } from './s3-get.ts';
import { conflictWaitMs } from './s3-put.ts';
import { PART_BYTES, uploadFile } from './s3-upload.ts';
import type { StagedFile } from './store.ts';

/**
 * A file of the local disk that becomes an object when it is published. Its modificationTime is what the store
 * says afterwards (LastModified, whole seconds): the one that `walk` will show too.
 */
export function stageObject(place: S3Place, folder: string, partBytes = PART_BYTES): StagedFile {
  const localPath = join(folder, `${randomUUID()}.tmp`);
  const discard = () => rm(localPath, { force: true });
  return {
    localPath,
    publish: async (mode) => {
      const { size } = await stat(localPath);
      if (mode === 'new' && size > partBytes) await refuseTaken(place);
      if (mode === 'new') await uploadNew(place, localPath, partBytes);
      else await replace(place, localPath, partBytes);
      await discard();
      const head = await headObject(place);
      checkSize(place, size, head);
      return { size, modificationTime: head.modificationTime };
    },
    discard,
  };
}

async function replace(place: S3Place, localPath: string, partBytes: number): Promise<void> {
  try {
    await uploadFile(place, localPath, {}, partBytes);
  } catch (error) {
    throw s3Error(error, place);
  }
}

/** Rather before a large upload than after it. */
async function refuseTaken(place: S3Place): Promise<void> {
  if ((await headObject(place)) !== undefined) throw new FileExistsError(`s3://${place.bucket}/${place.key}`);
}

/** By this mark an upload knows its own object, when the answer got lost and the SDK's second try is refused. */
const MARK = 'throughline-upload';
const ATTEMPTS = 3;

async function uploadNew(place: S3Place, localPath: string, partBytes: number): Promise<void> {
  const mark = randomUUID();
  for (let attempt = 1; ; attempt++) {
    try {
      await uploadFile(place, localPath, { IfNoneMatch: '*', Metadata: { [MARK]: mark } }, partBytes);
      return;
    } catch (error) {
      const status = statusOf(error);
      const isAnswered = status === 412 || status === 409 || status === 404;
      const there = isAnswered ? await headObject(place) : undefined;
      if (there?.metadata[MARK] === mark) return;
      if (status === 412) throw new FileExistsError(`s3://${place.bucket}/${place.key}`);
      if (status !== 409 || attempt === ATTEMPTS) throw s3Error(error, place);
      await sleep(conflictWaitMs(attempt));
    }
  }
}

function checkSize(place: S3Place, size: number, head: S3Head | undefined): asserts head is S3Head {
  if (head?.size === size) return;
  const found = head === undefined ? 'is not there' : `has ${head.size} bytes`;
  const message = `s3://${place.bucket}/${place.key} ${found} after an upload of ${size} bytes; do not commit it.`;
  throw new StoreError(message);
}
