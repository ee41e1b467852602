import type { S3, S3ClientConfig } from '@aws-sdk/client-s3';
import { StoreError } from '../errors.ts';
import { cacheOptions, type FileCache, openFileCache } from './file-cache.ts';

/** What is kept for one configuration of the AWS SDK. */
export interface S3Connection {
  s3: S3;
  /** Where requests go, without user name and password: for messages and for the keys of the cache. */
  endpoint: string;
  cache: FileCache;
  /** By bucket: whether a conditional put holds there. */
  conditionalPuts: Map<string, Promise<void>>;
}

/** One object, or, where the key ends with `/` or is empty, all those below it. */
export interface S3Place {
  connection: S3Connection;
  bucket: string;
  key: string;
}

/** The only state that the package keeps: connections are dear to open, and every call opens its store anew. */
const connections = new Map<string, Promise<S3Connection>>();

/**
 * The connection of the process for the configuration that the environment has now. Credentials, region,
 * endpoint, retries and checksums are those of the AWS SDK: environment, profile, role. An endpoint of one's own
 * is addressed by path (`http://host/bucket/key`), and needs no region.
 */
export function s3Connection(): Promise<S3Connection> {
  const configuration = configurationOf(process.env);
  const known = connections.get(configuration);
  if (known !== undefined) return known;
  const connection = connect().catch((error: unknown) => {
    connections.delete(configuration);
    throw error;
  });
  connections.set(configuration, connection);
  return connection;
}

function configurationOf(env: NodeJS.ProcessEnv): string {
  const names = Object.keys(env).filter((name) =>
    /^(AWS_|THROUGHLINE_DELTA_CACHE|XDG_CACHE_HOME$|HOME$)/.test(name),
  );
  return JSON.stringify(names.sort().map((name) => [name, env[name]]));
}

async function connect(): Promise<S3Connection> {
  const { S3 } = await import('@aws-sdk/client-s3');
  const { serviceConfiguredEndpoint, region: configuredRegion } = new S3(HTTP).config;
  const endpoint = await serviceConfiguredEndpoint?.();
  const region = await configuredRegion().catch((error: unknown) => regionWithout(endpoint, error));
  return {
    s3: new S3({ ...HTTP, region, forcePathStyle: endpoint !== undefined }),
    endpoint: endpoint === undefined ? 'https://s3.amazonaws.com' : new URL(endpoint).origin,
    cache: openFileCache(cacheOptions(process.env)),
    conditionalPuts: new Map(),
  };
}

/** Servers other than Amazon's have one region, and take this name for it. */
function regionWithout(endpoint: string | undefined, cause: unknown): string {
  if (endpoint !== undefined) return 'us-east-1';
  throw new StoreError('No region for S3: set AWS_REGION, or `region` in the AWS profile.', 'region', {
    cause,
  });
}

const CONNECT_MS = 5_000;
/** Nothing was sent or received for so long. */
const IDLE_MS = 60_000;
/** From the first byte of a request to the first byte of its answer: a part of 8 MiB at 30 kB/s. */
const REQUEST_MS = 300_000;

const HTTP: S3ClientConfig = {
  // A server that never says "continue" would hold every large body back until the request times out.
  expectContinueHeader: false,
  requestHandler: {
    connectionTimeout: CONNECT_MS,
    socketTimeout: IDLE_MS,
    requestTimeout: REQUEST_MS,
    throwOnRequestTimeout: true,
  },
};
