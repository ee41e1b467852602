/** A lake of real complaints and a server before it, for tests of what is served. */

import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { type Client, createClient } from '../src/api/client.ts';
import type { Scope } from '../src/api/index.ts';
import { loadConfig } from '../src/config/index.ts';
import { existingLake, type Lake } from '../src/lake/lake.ts';
import { startServer } from '../src/serve/index.ts';
import { createKey } from '../src/serve/keys/key-store.ts';
import { call } from './call.ts';
import { type Complaint, complaints, toCsv } from './complaints.ts';
import { CONFIG } from './project.ts';

export interface ServedProject {
  folder: string;
  config: string;
  lake: Lake;
  rows: readonly Complaint[];
  key(scopes: Scope[], filter?: string): Promise<string>;
  remove(): Promise<void>;
}

/** A project whose pipeline has run. */
export async function servedProject(
  count: number,
  { change = {}, more = [] }: { change?: Record<string, unknown>; more?: readonly Complaint[] } = {},
): Promise<ServedProject> {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-served-'));
  const rows = [...complaints(count), ...more];
  const config = await configured(folder, change);
  await writeFile(join(folder, 'data.csv'), toCsv(rows));
  const { code, stderr } = await call(['run'], folder);
  if (code !== 0) throw new Error(stderr);
  return await projectIn(folder, config, rows);
}

/** The same lake in a folder of its own, as it is now, with another config. */
export async function copied(
  { folder: from, rows }: ServedProject,
  change: Record<string, unknown> = {},
): Promise<ServedProject> {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-served-'));
  await cp(from, folder, { recursive: true });
  return await projectIn(folder, await configured(folder, change), rows);
}

async function configured(folder: string, change: Record<string, unknown>): Promise<string> {
  const config = join(folder, 'throughline.yaml');
  await writeFile(config, JSON.stringify({ ...CONFIG, name: 'served', ...change }));
  return config;
}

async function projectIn(folder: string, config: string, rows: readonly Complaint[]): Promise<ServedProject> {
  const lake = await existingLake(join(folder, 'lake'));
  return {
    ...{ folder, config, lake, rows },
    async key(scopes, filter) {
      const effects = { random: randomBytes, clock: Date.now };
      return (await createKey(lake, { name: scopes.join('+'), scopes, filter }, effects)).text;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

export interface Served extends AsyncDisposable {
  url: string;
  client: Client;
  clientWith(key: string): Client;
  /** Lines of the log so far. */
  log: string[];
  /** Sends anything; gives status, headers and body. */
  send(
    method: string,
    path: string,
    init?: RequestInit,
  ): Promise<{ status: number; headers: Headers; text: string }>;
}

/** A server of its own on a free port of the loopback. */
export async function served({ config, lake }: Pick<ServedProject, 'config' | 'lake'>): Promise<Served> {
  const log: string[] = [];
  const stream = new Writable({
    write(chunk, _, done) {
      log.push(String(chunk));
      done();
    },
  });
  const loaded = await loadConfig(config);
  const effects = { clock: Date.now, env: process.env, logger: pino({ base: null }, stream) };
  const server = await startServer(lake, loaded, { host: '127.0.0.1', port: 0 }, effects);
  const { url } = server;
  return {
    ...{ url, log, client: createClient({ baseUrl: url }) },
    clientWith: (key) => createClient({ baseUrl: url, key: () => key }),
    async send(method, path, init = {}) {
      const response = await fetch(`${url}${path}`, { method, ...init });
      return { status: response.status, headers: response.headers, text: await response.text() };
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
