import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { installedVersion } from './installed-package.ts';

test('the version of a dependency is what its own package.json says, exported or not', async () => {
  for (const name of ['onnxruntime-node', '@duckdb/node-api', '@huggingface/tokenizers']) {
    const path = new URL(`../../../node_modules/${name}/package.json`, import.meta.url);
    assert.equal(await installedVersion(name), JSON.parse(await readFile(path, 'utf8')).version);
  }
});

test('a package that is not installed has no version', async () => {
  assert.equal(await installedVersion('@throughline/there-is-no-such-package'), undefined);
});
