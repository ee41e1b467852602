import { DeltaError, FileNotFoundError } from '../errors.ts';
import { type S3Connection, type S3Place, s3Connection } from './s3-client.ts';
import { fetchFooter } from './s3-footer.ts';
import { downloadObject, headObject, readObject } from './s3-get.ts';
import { listNames, walkObjects } from './s3-list.ts';
import { checkConditionalPut, putObject, putObjectIfAbsent, removeObject } from './s3-put.ts';
import { stageObject } from './s3-stage.ts';
import type { LocalFile, Store, StoredFile } from './store.ts';

/**
 * A table in a bucket of S3, or of a server that speaks its language: `s3://bucket/prefix` (or `s3a:`). The
 * prefix is plain, not URL-encoded. S3 is strongly consistent, an object is whole or not there, and a commit gets
 * its version by a conditional put. The AWS SDK is loaded at the first call.
 */
export function s3Store(rootUrl: string): Store {
  const { root, bucket, prefix } = parseRoot(rootUrl);
  const at = async (path: string): Promise<S3Place> => ({
    connection: await s3Connection(),
    bucket,
    key: prefix + path,
  });
  const below = (folder: string) => at(folder === '' ? '' : `${folder}/`);
  return {
    root,
    list: async (folder, from = '') => await listNames(await below(folder), from),
    walk: async function* (folder) {
      yield* walk(await below(folder), prefix.length);
    },
    read: async (path) => (await readObject(await at(path)))?.toString('utf8'),
    modified: async (path) => (await headObject(await at(path)))?.modificationTime,
    putIfAbsent: async (path, text) => {
      await checkConditionalPut(await at(''));
      return await putObjectIfAbsent(await at(path), Buffer.from(text));
    },
    replace: async (path, text) => await putObject(await at(path), Buffer.from(text)),
    remove: async (path) => await removeObject(await at(path)),
    removeFolder: async (folder) => await removeBelow(await below(folder)),
    stage: async (path) => {
      const place = await at(path);
      const staged = stageObject(place, await place.connection.cache.workFolder());
      return {
        ...staged,
        publish: async (mode) => {
          if (mode === 'new') await checkConditionalPut(await at(''));
          return await staged.publish(mode);
        },
      };
    },
    fetch: async (path) => await fetchObject(await at(path), root, path),
    fetchFooter: async (path) => {
      const place = await at(path);
      const head = await headObject(place);
      const footer = head && (await fetchFooter(place, head, await place.connection.cache.workFolder()));
      if (footer === undefined) throw new FileNotFoundError(`${root}/${path}`);
      return footer;
    },
  };
}

function parseRoot(url: string): { root: string; bucket: string; prefix: string } {
  const [, bucket, path] = /^s3a?:\/\/([^/]+)\/*(.*?)\/*$/is.exec(url) ?? [];
  if (bucket === undefined)
    throw new DeltaError('INVALID_PATH', `${url} names no bucket: write s3://bucket/path.`);
  const root = path ? `s3://${bucket}/${path}` : `s3://${bucket}`;
  return { root, bucket, prefix: path ? `${path}/` : '' };
}

const REMOVES_AT_ONCE = 8;

async function removeBelow(folder: S3Place): Promise<void> {
  const keys: string[] = [];
  for await (const { key } of walkObjects(folder)) keys.push(key);
  for (let start = 0; start < keys.length; start += REMOVES_AT_ONCE) {
    const some = keys.slice(start, start + REMOVES_AT_ONCE);
    await Promise.all(some.map((key) => removeObject({ ...folder, key })));
  }
}

async function* walk(folder: S3Place, prefixLength: number): AsyncGenerator<StoredFile> {
  for await (const { key, size, modificationTime, etag } of walkObjects(folder)) {
    yield { path: key.slice(prefixLength), size, modificationTime, etag };
  }
}

const FETCH_ATTEMPTS = 3;

/**
 * The store is asked each time what is there now: a table that was deleted and made again has other files under
 * the same names, and a copy of the old one must not pass for the new.
 */
async function fetchObject(place: S3Place, root: string, path: string): Promise<LocalFile> {
  for (let attempt = 1; attempt <= FETCH_ATTEMPTS; attempt++) {
    const head = await headObject(place);
    if (head === undefined) break;
    const { etag, size } = head;
    const download = async (toPath: string) => {
      if (!(await downloadObject(place, etag, toPath))) throw new Replaced();
    };
    try {
      return await place.connection.cache.cached(cacheKey(place, place.connection, etag), size, download);
    } catch (error) {
      if (!(error instanceof Replaced)) throw error;
    }
  }
  throw new FileNotFoundError(`${root}/${path}`);
}

function cacheKey({ bucket, key }: S3Place, { endpoint }: S3Connection, etag: string): string {
  return JSON.stringify([endpoint, bucket, key, etag]);
}

/** The object was replaced or removed between two requests. */
class Replaced extends Error {}
