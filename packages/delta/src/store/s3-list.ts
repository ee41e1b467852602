import type { ListObjectsV2CommandOutput } from '@aws-sdk/client-s3';
import type { S3Place } from './s3-client.ts';
import { s3Error } from './s3-error.ts';

export interface S3Listed {
  key: string;
  size: number;
  modificationTime: number;
  etag: string;
}

/** The names right below a folder that are >= `from`, those of folders included, sorted by code units. */
export async function listNames(folder: S3Place, from: string): Promise<string[]> {
  const names = new Set<string>();
  const startAfter = keyBefore(folder.key, from);
  for await (const { keys, folders } of pages(folder, { Delimiter: '/', StartAfter: startAfter })) {
    for (const { key } of keys) names.add(key.slice(folder.key.length));
    for (const key of folders) names.add(key.slice(folder.key.length, -1));
  }
  return [...names].filter((name) => name !== '' && name >= from).sort();
}

/** Every object below a folder, but for the empty ones that stand for a folder. */
export async function* walkObjects(folder: S3Place): AsyncGenerator<S3Listed> {
  for await (const { keys } of pages(folder, {})) {
    for (const found of keys) if (!found.key.endsWith('/')) yield found;
  }
}

/**
 * A key that comes before all names >= `from`, and after nearly all others: S3 lists what comes after a key,
 * without the key. It sorts by UTF-8, which is the order of code units only below the surrogates.
 */
function keyBefore(prefix: string, from: string): string | undefined {
  const last = from.charCodeAt(from.length - 1);
  if (from === '' || last <= 0x21 || /[\ud800-\uffff]/.test(from)) return undefined;
  return `${prefix}${from.slice(0, -1)}${String.fromCharCode(last - 1)}~`;
}

interface Page {
  keys: S3Listed[];
  folders: string[];
}

async function* pages(
  folder: S3Place,
  options: { Delimiter?: string; StartAfter?: string | undefined },
): AsyncGenerator<Page> {
  const { connection, bucket, key } = folder;
  let ContinuationToken: string | undefined;
  do {
    const request = {
      Bucket: bucket,
      Prefix: key,
      EncodingType: 'url' as const,
      ContinuationToken,
      ...options,
    };
    const page = await connection.s3.listObjectsV2(request).catch((error: unknown) => {
      throw s3Error(error, folder);
    });
    yield pageOf(page);
    ContinuationToken = page.IsTruncated ? page.NextContinuationToken : undefined;
  } while (ContinuationToken !== undefined);
}

/** Keys come URL-encoded, because XML cannot hold every character; a server that cannot do that says so. */
function pageOf({ Contents = [], CommonPrefixes = [], EncodingType }: ListObjectsV2CommandOutput): Page {
  const plain = (key = '') => (EncodingType === 'url' ? decodeURIComponent(key.replaceAll('+', ' ')) : key);
  return {
    keys: Contents.map(({ Key, Size, LastModified, ETag }) => ({
      key: plain(Key),
      size: Size ?? 0,
      modificationTime: LastModified?.getTime() ?? 0,
      etag: ETag ?? '',
    })),
    folders: CommonPrefixes.map(({ Prefix }) => plain(Prefix)),
  };
}
