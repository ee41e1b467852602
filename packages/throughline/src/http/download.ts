/** One large file by HTTP: streamed to the disk, resumed where it broke off, and checked before it is used. */
import { createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { fileDigest } from '../file-digest.ts';
import { backoffMs } from './backoff.ts';
import { REAL_EFFECTS } from './effects.ts';
import { HttpError } from './errors.ts';
import { DEFAULT_POLICY } from './policy.ts';
import { retryAfterMs } from './retry-after.ts';
import type { Effects, Failure, HttpPolicy } from './types.ts';
import { isRetried } from './verdict.ts';

export interface DownloadOptions {
  /** Sent to the first address only, and to others of its origin: never to where a redirect leads elsewhere. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly policy?: Pick<HttpPolicy, 'timeoutMs' | 'retries' | 'backoff'>;
  readonly effects?: Pick<Effects, 'sleep' | 'random' | 'wallClock'>;
  /** Bytes so far, and of the whole where the server says. */
  readonly onProgress?: (bytes: number, total: number | undefined) => void;
  readonly signal?: AbortSignal;
}

/**
 * Writes what is at `url` to `path`; false where the server has no such file (404). Size and, where the server tells one
 * (`x-linked-etag` of model hubs), sha256 are those that it told. Throws HttpError when the tries are used up.
 */
export async function download(url: string, path: string, options: DownloadOptions = {}): Promise<boolean> {
  const { policy = DEFAULT_POLICY, effects = REAL_EFFECTS, signal } = options;
  const met: Failure[] = [];
  for (;;) {
    const tried = await tryOnce(url, path, options);
    if (tried.outcome !== 'failed') return tried.outcome === 'whole';
    const tries = met.push(tried.failure);
    if (!isRetried(tried.failure) || tries > policy.retries)
      throw new HttpError(url, tried.failure, tries, met);
    await effects.sleep(backoffMs(tries, tried.askedMs, policy.backoff, effects.random), signal);
  }
}

type Tried =
  | { outcome: 'whole' | 'absent' }
  | { outcome: 'failed'; failure: Failure; askedMs?: number | undefined };

async function tryOnce(url: string, path: string, options: DownloadOptions): Promise<Tried> {
  const { policy = DEFAULT_POLICY, effects = REAL_EFFECTS, signal } = options;
  const watch = openWatch(policy.timeoutMs, signal);
  try {
    const have = await sizeOf(path);
    const { response, told } = await follow(url, have, options, watch.signal);
    if (response.status === 404) return { outcome: 'absent' };
    if (response.status === 416) {
      await rm(path, { force: true });
      return broken('the server has no such part of the file');
    }
    if (!response.ok) {
      const askedMs = retryAfterMs(Object.fromEntries(response.headers), effects.wallClock());
      const body = (await response.text()).slice(0, 500);
      return { outcome: 'failed', failure: { kind: 'status', status: response.status, body }, askedMs };
    }
    const offset = response.status === 206 ? have : 0;
    const length = numberOf(response.headers.get('content-length'));
    const total = told.size ?? (length === undefined ? undefined : offset + length);
    await save(response, path, offset, (bytes) => {
      watch.restart();
      options.onProgress?.(bytes, total);
    });
    return await check(path, { ...told, size: total });
  } catch (error) {
    signal?.throwIfAborted();
    const { message, cause } = error as Error & { cause?: Error };
    if (isOfDisk(error) || isOfDisk(cause)) throw error;
    const kind = watch.signal.aborted ? 'timeout' : 'connection';
    return { outcome: 'failed', failure: { kind, message: cause?.message ?? message } };
  } finally {
    watch.stop();
  }
}

/** What the first answer says of the file, before it leads elsewhere. */
interface Told {
  size?: number | undefined;
  sha256?: string | undefined;
}

const MOST_REDIRECTS = 5;

async function follow(url: string, have: number, { headers = {} }: DownloadOptions, signal: AbortSignal) {
  const told: Told = {};
  const { origin } = new URL(url);
  let at = url;
  for (let hops = 0; ; hops++) {
    // As it is: of what is compressed on its way neither the length nor a part is known.
    const plain = { 'accept-encoding': 'identity' };
    const range: Record<string, string> = have > 0 ? { range: `bytes=${have}-` } : {};
    const own = new URL(at).origin === origin ? headers : {};
    const response = await fetch(at, { headers: { ...own, ...plain, ...range }, redirect: 'manual', signal });
    told.size ??= numberOf(response.headers.get('x-linked-size'));
    told.sha256 ??= /^(?:W\/)?"?([0-9a-f]{64})"?$/.exec(response.headers.get('x-linked-etag') ?? '')?.[1];
    const location = response.headers.get('location');
    if (response.status < 300 || response.status >= 400 || location === null) return { response, told };
    await response.body?.cancel();
    if (hops === MOST_REDIRECTS) throw new Error(`more than ${MOST_REDIRECTS} redirects`);
    at = new URL(location, at).href;
  }
}

async function save(
  response: Response,
  path: string,
  offset: number,
  onBytes: (bytes: number) => void,
): Promise<void> {
  let bytes = offset;
  const counted = async function* () {
    for await (const piece of response.body ?? []) {
      bytes += piece.byteLength;
      onBytes(bytes);
      yield piece;
    }
  };
  await pipeline(counted, createWriteStream(path, { flags: offset > 0 ? 'a' : 'w' }));
}

/** What is wrong is thrown away: the next try begins at the beginning. */
async function check(path: string, told: Told): Promise<Tried> {
  const size = await sizeOf(path);
  if (told.size !== undefined && size < told.size) return broken(`${size} of ${told.size} bytes came`);
  const isLonger = told.size !== undefined && size > told.size;
  if (!isLonger && (told.sha256 === undefined || (await fileDigest(path)) === told.sha256))
    return { outcome: 'whole' };
  await rm(path, { force: true });
  return broken('the file is not the one that the server names');
}

function broken(message: string): Tried {
  return { outcome: 'failed', failure: { kind: 'connection', message } };
}

/** Ends a try in which nothing comes for `timeoutMs`. */
function openWatch(timeoutMs: number, signal: AbortSignal | undefined) {
  const controller = new AbortController();
  const timer = setTimeout(
    () => controller.abort(new Error(`nothing came for ${timeoutMs / 1000} s`)),
    timeoutMs,
  );
  const all = signal === undefined ? controller.signal : AbortSignal.any([controller.signal, signal]);
  return { signal: all, restart: () => timer.refresh(), stop: () => clearTimeout(timer) };
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

/** Another try does not help against a full disk. */
function isOfDisk(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT', 'EACCES', 'EROFS'].includes((error as NodeJS.ErrnoException)?.code ?? '');
}

function numberOf(text: string | null): number | undefined {
  return text !== null && /^\d+$/.test(text) ? Number(text) : undefined;
}
