import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packedManifest } from './packed-manifest.ts';

const MANIFEST = {
  name: '@throughline/sample',
  version: '1.2.3',
  license: 'Apache-2.0',
  bin: { sample: './bin/sample.js' },
  exports: { '.': './src/index.ts', './data/*': './data/*' },
  files: ['src', 'data'],
  scripts: { test: 'node --test' },
  devDependencies: { typescript: '6' },
  dependencies: { zod: '^4' },
};

test('exports of source become JavaScript with declarations, other exports stay', () => {
  const { exports, types } = packedManifest(MANIFEST, []);
  assert.deepEqual(exports, {
    '.': { types: './dist/index.d.ts', default: './dist/index.js' },
    './data/*': './data/*',
  });
  assert.equal(types, './dist/index.d.ts');
});

test('what a user of the package needs stays, what only the repository needs goes', () => {
  const packed = packedManifest(MANIFEST, ['dist', 'data', 'package.json']);
  const { exports, types, ...rest } = packed;
  assert.deepEqual(rest, {
    name: '@throughline/sample',
    version: '1.2.3',
    license: 'Apache-2.0',
    bin: { sample: './bin/sample.js' },
    dependencies: { zod: '^4' },
    files: ['dist', 'data'],
  });
});

test('the manifest of the repository is left as it was', () => {
  const before = structuredClone(MANIFEST);
  packedManifest(MANIFEST, ['dist']);
  assert.deepEqual(MANIFEST, before);
});
