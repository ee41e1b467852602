import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { packTar } from 'modern-tar/fs';
import { downloadNode, type NodeDownloadEffects } from './node-download.ts';

const NAME = 'node-v24.1.0-linux-arm64';
const EXECUTABLE = randomBytes(300_000);
const release = { version: 'v24.1.0', arch: 'arm64' } as const;

/** As nodejs.org packs it: the executable is one of many files. */
async function tarball(files: Readonly<Record<string, Buffer>> = { [`${NAME}/bin/node`]: EXECUTABLE }) {
  const others = { [`${NAME}/LICENSE`]: Buffer.from('MIT'), [`${NAME}/bin/npm`]: randomBytes(2000) };
  const sources = Object.entries({ ...others, ...files, [`${NAME}/README.md`]: Buffer.from('read me') });
  const tar = sources.map(([target, content]) => ({
    type: 'content' as const,
    target,
    content,
    mode: 0o644,
  }));
  return gzipSync(await buffer(packTar(tar)));
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const sumsOf = (archive: Buffer) =>
  Buffer.from(`${'0'.repeat(64)}  other\n${sha256(archive)}  ${NAME}.tar.gz\n`);

type Answer = (response: ServerResponse, number: number) => void;

/** A mirror whose files are bytes, or what the test answers to the nth request for it. */
async function mirror(t: TestContext, files: Readonly<Record<string, Buffer | Answer>>) {
  const asked: string[] = [];
  const server = createServer(({ url }, response) => {
    const name = url!.replace('/dist/v24.1.0/', '');
    const file = files[name];
    const number = asked.filter((one) => one === name).length;
    asked.push(name);
    if (file === undefined) response.writeHead(404).end();
    else if (typeof file === 'function') file(response, number);
    else response.end(file);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const folder = await mkdtemp(join(tmpdir(), 'node-download-'));
  t.after(async () => {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true, force: true });
  });
  const { port } = server.address() as AddressInfo;
  const effects: NodeDownloadEffects = {
    env: { THROUGHLINE_NODE_MIRROR: `http://127.0.0.1:${port}/dist/` },
    http: {
      policy: { timeoutMs: 1000, retries: 2, backoff: { firstMs: 1, factor: 2, mostMs: 4 } },
      effects: { random: () => 1, wallClock: Date.now, sleep: async () => {} },
    },
  };
  return { asked, folder, effects };
}

test('the executable comes from the archive whose digest the mirror names, alone, once', async (t) => {
  const archive = await tarball();
  const { asked, folder, effects } = await mirror(t, {
    'SHASUMS256.txt': sumsOf(archive),
    [`${NAME}.tar.gz`]: archive,
  });
  const told: string[] = [];
  const path = await downloadNode(release, folder, { ...effects, tell: (message) => told.push(message) });
  assert.deepEqual(await readFile(path), EXECUTABLE);
  assert.equal((await stat(path)).mode & 0o777, 0o755);
  assert.match(
    told.join('\n'),
    /^downloading Node v24\.1\.0 for linux arm64 from http:.*\/dist\/v24\.1\.0 \.\.\.$/,
  );
  assert.equal(await downloadNode(release, folder, effects), path);
  assert.deepEqual(asked, ['SHASUMS256.txt', `${NAME}.tar.gz`]);
  assert.deepEqual(await readdir(folder), [NAME]);
});

test('an archive that breaks off is fetched again', async (t) => {
  const archive = await tarball();
  const { folder, effects } = await mirror(t, {
    'SHASUMS256.txt': sumsOf(archive),
    [`${NAME}.tar.gz`]: (response, number) => {
      response.writeHead(200, { 'content-length': archive.length });
      if (number > 0) return void response.end(archive);
      response.write(archive.subarray(0, 1000));
      setTimeout(() => response.destroy(), 50);
    },
  });
  assert.deepEqual(await readFile(await downloadNode(release, folder, effects)), EXECUTABLE);
});

test('a connection that keeps breaking off is an error, and leaves nothing', async (t) => {
  const archive = await tarball();
  const { folder, effects } = await mirror(t, {
    'SHASUMS256.txt': sumsOf(archive),
    [`${NAME}.tar.gz`]: (response) => {
      response.writeHead(200, { 'content-length': archive.length });
      response.write(archive.subarray(0, 1000));
      setTimeout(() => response.destroy(), 20);
    },
  });
  await assert.rejects(downloadNode(release, folder, effects), { name: 'HttpError', exitCode: 69 });
  assert.deepEqual(await readdir(folder), []);
});

test('other bytes than the mirror names are refused, and so is what it does not name', async (t) => {
  const archive = await tarball();
  const wrong = await mirror(t, {
    'SHASUMS256.txt': sumsOf(Buffer.from('other bytes')),
    [`${NAME}.tar.gz`]: archive,
  });
  await assert.rejects(downloadNode(release, wrong.folder, wrong.effects), {
    ...{ code: 'node_damaged', exitCode: 69 },
    message: new RegExp(`is not what was expected: its sha256 is ${sha256(archive)}`),
  });
  assert.deepEqual(await readdir(wrong.folder), []);
  const silent = await mirror(t, {
    'SHASUMS256.txt': Buffer.from(`${sha256(archive)}  node-v24.1.0-linux-x64.tar.gz\n`),
    [`${NAME}.tar.gz`]: archive,
  });
  await assert.rejects(downloadNode(release, silent.folder, silent.effects), /does not name it/);
});

test('a version that the mirror lacks is an error that says where it was looked for', async (t) => {
  const { folder, effects } = await mirror(t, { 'SHASUMS256.txt': Buffer.from('') });
  await assert.rejects(downloadNode(release, folder, effects), {
    ...{ code: 'node_absent', exitCode: 69, hint: /THROUGHLINE_NODE_MIRROR/ },
    message: new RegExp(`there is no http://.*/${NAME}\\.tar\\.gz$`),
  });
  assert.deepEqual(await readdir(folder), []);
});

test('an archive without the executable is refused, and leaves nothing', async (t) => {
  const archive = await tarball({ 'node/bin/node': EXECUTABLE });
  const { folder, effects } = await mirror(t, {
    'SHASUMS256.txt': sumsOf(archive),
    [`${NAME}.tar.gz`]: archive,
  });
  await assert.rejects(downloadNode(release, folder, effects), /holds no bin\/node/);
  assert.deepEqual(await readdir(folder), []);
});
