import assert from 'node:assert/strict';
import { test } from 'node:test';
import ts from 'typescript';
import { javascriptPaths } from './javascript-paths.ts';

const compilerOptions: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  rewriteRelativeImportExtensions: true,
};

function compile(source: string): string {
  return ts.transpileModule(source, { compilerOptions, transformers: { before: [javascriptPaths] } })
    .outputText;
}

test('a worker named by its URL is named as JavaScript', () => {
  const made = compile(`const entry = new URL('./worker.ts', import.meta.url);`);
  assert.match(made, /new URL\('\.\/worker\.js', import\.meta\.url\)/);
});

test('a module imported where `using` is lowered is named as JavaScript', () => {
  const made = compile(
    `async function f() { const { open } = await import('../door.ts'); await using held = open(); }`,
  );
  assert.match(made, /import\('\.\.\/door\.js'\)/);
  assert.doesNotMatch(made, /await using/);
});

test('addresses that are not modules of the package stay as they are', () => {
  for (const kept of [
    `new URL('../model', import.meta.url);`,
    `new URL('./worker.ts', base);`,
    `new URL('https://example.org/a.ts', import.meta.url);`,
    `import('stopwords-iso');`,
  ]) {
    assert.ok(compile(kept).includes(kept), compile(kept));
  }
});
