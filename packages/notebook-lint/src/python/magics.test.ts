import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Format } from '../notebook/notebook.ts';
import { maskMagics } from './magics.ts';

function masked(source: string, format: Format = 'nbformat4') {
  const { code, magics } = maskMagics(source, 0, format);
  return { code, magics: magics.map(({ kind, name }) => `${kind} ${name}`) };
}

for (const [source, code, magics] of [
  ['%pip install a\nx = 1', 'pass\nx = 1', ['line pip']],
  ['!ls -l\nx', 'pass\nx', ['shell ls']],
  ['!ls', '0', ['shell ls']],
  ['if a:\n    !rm b', 'if a:\n    pass', ['shell rm']],
  ['files = !ls\nfiles', 'files = 0\nfiles', ['shell ls']],
  ['rows = %sql SELECT 1', 'rows = 0', ['line sql']],
  ['%time x = f()', '0;    x = f()', ['line time']],
  ['%%time\nx = f()', 'pass\nx = f()', ['cell time']],
  ['%%sql\nSELECT 1', '\n', ['cell sql']],
  ['%%bash\npip install a', '\n', ['cell bash']],
  ['!pip install \\\n  a \\\n  b\nx', 'pass\n\n\nx', ['shell pip']],
  ['pip install a', 'pass', ['line pip']],
  ['df.head?', 'pass', ['line df']],
  ['?df', '0', ['line ']],
] as const)
  test(`${JSON.stringify(source)} is masked`, () => {
    const found = masked(source);
    assert.equal(found.code, code);
    if (!source.includes('?')) assert.deepEqual(found.magics, magics);
  });

for (const source of [
  'x = (a\n% b)',
  'x = """\n%pip\n!ls\n"""',
  'x = a \\\n% b',
  '# %pip',
  'x = a % b',
  'print("!ls")',
])
  test(`${JSON.stringify(source)} is Python`, () => {
    assert.deepEqual(masked(source), { code: source, magics: [] });
  });

test('behind a comment sign, magics of Databricks and of percent scripts', () => {
  assert.deepEqual(masked('# MAGIC %pip install a\nx = 1', 'databricks').magics, ['line pip']);
  assert.deepEqual(masked('# MAGIC %sql\n# MAGIC SELECT 1', 'databricks').magics, ['cell sql']);
  assert.deepEqual(masked('# %pip install a', 'databricks').magics, []);
  assert.deepEqual(masked('# %pip install a', 'percent').magics, ['line pip']);
});

test('lines keep their number, and what is no magic keeps its columns', () => {
  const line = fc.oneof(
    fc.constantFrom('%pip install a', '!ls', 'x = !ls', '%%time', 'x = 1', '"""', '(', ')', '\\', ''),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 20 }), (lines) => {
      const source = lines.join('\n').replaceAll('\r', '');
      const code = maskMagics(source, 0, 'nbformat4').code.split('\n');
      assert.equal(code.length, source.split('\n').length);
    }),
  );
});
