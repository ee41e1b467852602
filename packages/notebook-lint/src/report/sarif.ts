import { pathToFileURL } from 'node:url';
import type { Finding, Severity } from '../finding.ts';
import { RULES } from '../rules/index.ts';
import type { LintedNotebook } from './report.ts';

const LEVELS: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'note' };

/**
 * SARIF 2.1.0 (OASIS), for code scanning. A region counts lines of the file where the notebook is a Python file, or
 * where the lines of the JSON are known, otherwise lines of the cell; the cell stands in `logicalLocations`.
 */
export function sarifReport(notebooks: readonly LintedNotebook[], version: string) {
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'throughline lint', version, rules: RULES.map(descriptorOf) } },
        columnKind: 'utf16CodeUnits',
        results: notebooks.flatMap((notebook) =>
          notebook.result.findings.map((one) => resultOf(one, notebook)),
        ),
      },
    ],
  };
}

function descriptorOf({ id, title, why, fix, severity }: (typeof RULES)[number]) {
  return {
    id,
    shortDescription: { text: title },
    fullDescription: { text: why },
    help: { text: `${why} ${fix}`, markdown: `${why}\n\n**What to do.** ${fix}` },
    defaultConfiguration: { level: LEVELS[severity] },
  };
}

function resultOf(finding: Finding, { result: { cells } }: LintedNotebook) {
  const { rule, severity, message, fix, file, cell, line, endLine } = finding;
  const { firstLine, fileLines } = cells[cell] ?? {};
  const inFile = (at: number) => fileLines?.[at - 1] ?? (firstLine ?? 1) + at - 1;
  const region = { startLine: inFile(line), endLine: inFile(endLine) };
  return {
    ruleId: rule,
    ruleIndex: RULES.findIndex(({ id }) => id === rule),
    level: LEVELS[severity],
    message: { text: `${message}. ${fix}` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(file) },
          region: { ...region, ...columnsOf(finding, cells) },
        },
        logicalLocations: [
          { name: `cell ${cell}`, kind: 'member', fullyQualifiedName: `cell ${cell}, line ${line}` },
        ],
      },
    ],
    partialFingerprints: { 'throughlineLint/v1': `${rule}:${cell}:${line}` },
    properties: { cell, line, endLine },
  };
}

/** Columns are those of the code: in JSON a line is a string, with quotes and escapes before it. */
function columnsOf(
  { cell, column, endColumn, line, endLine }: Finding,
  cells: LintedNotebook['result']['cells'],
) {
  if (cells[cell]?.firstLine === undefined || (line === endLine && endColumn <= column)) return {};
  return { startColumn: column, endColumn };
}

function uriOf(file: string): string {
  if (/^(\/|[A-Za-z]:[\\/])/.test(file)) return pathToFileURL(file).href;
  return file.replaceAll('\\', '/').split('/').map(encodeURIComponent).join('/');
}
