import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lintNotebook } from '../lint.ts';
import { ipynb } from '../testing/notebook.ts';
import { htmlReport } from './html.ts';
import { jsonReport } from './json.ts';
import { markdownReport } from './markdown.ts';
import type { LintedNotebook } from './report.ts';
import { sarifReport } from './sarif.ts';
import { terminalReport } from './terminal.ts';

async function linted(text: string, file = 'a.ipynb'): Promise<LintedNotebook[]> {
  return [{ file, result: await lintNotebook(text, { file }) }];
}

const TEXT = ipynb([
  { source: '# Title', kind: 'markdown' },
  { source: 'import time\n\nfor a | b in c:\n    time.sleep(5)', count: 1 },
  { source: '\tprint("a|b <b>")', count: 2 },
]);

test('JSON: findings, counts, notebooks', async () => {
  const { findings, counts, notebooks } = jsonReport(await linted(TEXT));
  assert.equal(findings.length, counts.error + counts.warning + counts.info);
  assert.deepEqual(
    notebooks.map(({ file, format, cells }) => [file, format, cells]),
    [['a.ipynb', 'nbformat4', 3]],
  );
});

test('SARIF: what version 2.1.0 requires, rules by index, places in the file', async () => {
  const text = JSON.stringify(JSON.parse(TEXT), null, 1);
  const report = sarifReport(await linted(text, 'some folder/a.ipynb'), '1.2.3');
  assert.equal(report.version, '2.1.0');
  const [{ tool, results }] = report.runs as [(typeof report.runs)[number]];
  assert.equal(tool.driver.version, '1.2.3');
  assert.ok(results.length >= 2);
  for (const { ruleId, ruleIndex, level, message, locations } of results) {
    assert.equal(tool.driver.rules[ruleIndex]!.id, ruleId);
    assert.ok(['error', 'warning', 'note'].includes(level));
    assert.ok(message.text.length > 0);
    assert.equal(locations[0]!.physicalLocation.artifactLocation.uri, 'some%20folder/a.ipynb');
  }
  const sleep = results.find(({ ruleId }) => ruleId === 'fixed-sleep')!;
  const { startLine } = sleep.locations[0]!.physicalLocation.region;
  assert.match(text.split('\n')[startLine - 1]!, /time\.sleep\(5\)/);
});

test('SARIF: a Python file has lines and columns of the file', async () => {
  const report = sarifReport(
    await linted('# %%\nx = 1\n\n# %%\nimport time\ntime.sleep(5)\n', 'a.py'),
    '1.2.3',
  );
  assert.deepEqual(report.runs[0]!.results[0]!.locations[0]!.physicalLocation.region, {
    startLine: 6,
    endLine: 6,
    startColumn: 1,
    endColumn: 14,
  });
});

test('Markdown: what comes from a notebook breaks no table and begins no HTML', async () => {
  const [{ result }] = (await linted(TEXT)) as [LintedNotebook];
  const finding = { ...result.findings[0]!, message: 'a | b\n<img>' };
  const report = markdownReport([{ file: 'a<b>.ipynb', result: { ...result, findings: [finding] } }]);
  assert.match(report, /\| a \\\| b &lt;img> \|/);
  assert.match(report, /## a&lt;b>\.ipynb/);
});

test('HTML: cells with findings at their lines, texts escaped, nothing fetched', async () => {
  const report = htmlReport(await linted(TEXT));
  assert.match(report, /<h3>Cell 1 \[1\]<\/h3>/);
  assert.match(report, /print\(&quot;a\|b &lt;b&gt;&quot;\)/);
  assert.match(report, /default-src 'none'/);
  assert.ok(!/<script|src=|href=|url\(/.test(report));
});

test('terminal: tabs stay, so that the mark stands under its text', async () => {
  const report = terminalReport(await linted(ipynb([{ source: 'if a:\n\tprint(1)' }])));
  assert.match(report, /> 2 \| \tprint\(1\)\n {8}\| \t\^{8}\n/);
});

test('terminal: the colours are those of whoever calls', async () => {
  const report = terminalReport(
    await linted(ipynb([{ source: 'print(1)' }])),
    (part, text) => `<${part}>${text}</${part}>`,
  );
  assert.match(report, /<file>a\.ipynb<\/file>/);
  assert.match(report, /<info>info<\/info>/);
});
