import assert from 'node:assert/strict';
import { mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { EXIT, ThroughlineError } from '../error.ts';
import { canonicalJson, digestOf } from './canonical.ts';
import { existingLake, openLake, promote, readCurrent } from './lake.ts';

const folder = () => mkdtemp(join(tmpdir(), 'lake-'));
const withExit = (exitCode: number) => (error: unknown) =>
  error instanceof ThroughlineError && error.exitCode === exitCode;

test('a lake keeps the id that it got first, also when several open it at once', async () => {
  const root = await folder();
  const lakes = await Promise.all(['a', 'b', 'c'].map((id) => openLake(root, 'complaints', () => id)));
  assert.equal(new Set(lakes.map((lake) => lake.pipeline.id)).size, 1);
  assert.deepEqual(await readdir(root), ['pipeline.json']);
});

test('a lake of another pipeline is refused, and one that is missing is no input', async () => {
  const root = await folder();
  await openLake(root, 'complaints', () => 'a');
  await assert.rejects(
    openLake(root, 'tickets', () => 'b'),
    withExit(EXIT.config),
  );
  await assert.rejects(existingLake(join(root, 'nowhere')), withExit(EXIT.noInput));
});

test('promotion changes what is named and keeps the rest', async () => {
  const lake = await openLake(await folder(), 'complaints', () => 'a');
  await promote(lake, { build: 'b1', index: 'i1' });
  await promote(lake, { index: 'i2' });
  assert.deepEqual(await readCurrent(lake), { build: 'b1', index: 'i2' });
});

test('equal settings have equal digests, whatever the order of their keys', () => {
  assert.equal(digestOf({ a: 1, b: { c: [1, 2], d: undefined } }), digestOf({ b: { c: [1, 2] }, a: 1 }));
  assert.notEqual(digestOf({ a: [1, 2] }), digestOf({ a: [2, 1] }));
  assert.equal(canonicalJson({ b: null, a: 'x' }), '{"a":"x","b":null}');
});
