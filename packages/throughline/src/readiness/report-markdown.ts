/** Readiness for a pull request. */
import { markdownCode as code, escapeMarkdown as text } from './escape.ts';
import { figure } from './figure.ts';
import type { Readiness, ReadinessRow } from './readiness.ts';

export function readinessMarkdown({ pipeline, at, ready, rows, limits }: Readiness): string {
  const lines = [
    `# Readiness of ${text(pipeline)}: ${ready ? 'ready' : 'not ready'}`,
    '',
    `As of ${at}.`,
    '',
    '| | topic | notebook | production | see it again |',
    '| --- | --- | --- | --- | --- |',
    ...rows.map(
      (row) =>
        `| ${mark(row.ok)} | **${row.topic}** | ${text(row.notebook)} | ${foundIn(row)} | ${commandsOf(row)} |`,
    ),
    '',
    '## Limits',
    '',
    ...(limits.length === 0
      ? ['None are agreed on: `acceptance:` in the config.']
      : [
          '| | limit | agreed | last | measured by | where it is not met |',
          '| --- | --- | --- | --- | --- | --- |',
          ...limits.map(
            (limit) =>
              `| ${mark(limit.met)} | ${code(limit.name)} | ${text(limit.agreed)} | ${text(figure(limit.observed))} | ${limit.run === null ? 'this report' : code(limit.run)} | ${limit.onMiss === 'stop' ? 'nothing is promoted' : 'it is told'} |`,
          ),
        ]),
    '',
    ...missingOf({ rows, limits }),
    '## Signed off',
    '',
    '| | name | date |',
    '| --- | --- | --- |',
    '| data science | | |',
    '| data engineering | | |',
    '',
  ];
  return lines.join('\n');
}

function mark(ok: boolean): string {
  return ok ? 'ok' : '**missing**';
}

function foundIn({ evidence }: ReadinessRow): string {
  return evidence.map(({ says, ok }) => `${ok ? '' : '**missing:** '}${text(says)}`).join('<br>');
}

function commandsOf({ evidence }: ReadinessRow): string {
  const commands = evidence.flatMap(({ command }) => command ?? []);
  return [...new Set(commands)].map(code).join('<br>');
}

function missingOf({ rows, limits }: Pick<Readiness, 'rows' | 'limits'>): string[] {
  const missing = [
    ...rows.flatMap(({ topic, missing }) => missing.map((one) => ({ topic: topic as string, ...one }))),
    ...limits
      .filter(({ met }) => !met)
      .map(({ name, observed, agreed, mend = '' }) => ({
        ...{ topic: name, says: `${figure(observed)}, agreed ${agreed}`, mend },
      })),
  ];
  if (missing.length === 0) return [];
  return [
    '## What is missing',
    '',
    ...missing.map(({ topic, says, mend }) => `- [ ] **${text(topic)}**: ${text(says)}. ${code(mend)}`),
    '',
  ];
}
