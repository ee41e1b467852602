/** A drill as Markdown: no paths or ports of the machine, and names of runs left out. */
import type { Outcome, Rows } from './scenario.ts';

export function drillReport(outcomes: readonly Outcome[]): string {
  return outcomes.map((outcome) => section(outcome)).join('\n');
}

function section({ scenario, skipped, exit, alert, rows, repaired, seconds }: Outcome): string {
  const head = [`### ${scenario.name}`, '', `${capital(scenario.broken)}.`, ''];
  if (skipped !== undefined) return [...head, `Not done here: ${skipped}.`, ''].join('\n');
  const recovered = repaired!.recovered.length > 0 ? ` Told as over: ${repaired!.recovered.join('; ')}.` : '';
  const lines: [string, string][] = [
    ['the run', exit === null ? 'was killed' : `ended with ${exit}`],
    [
      'the alert',
      alert ? `**${alert.title}.** ${ended(alert.happened)} ${alert.effect} ${alert.todo}` : 'none',
    ],
    ['its command', alert ? `\`${alert.command}\`` : ''],
    ['meanwhile', placesOf(rows!)],
    ['then', scenario.mended ?? 'nothing'],
    ['the command', `\`${scenario.command}\` ended with ${repaired!.exit}.${recovered}`],
    ['afterwards', placesOf(repaired!.rows)],
    [
      'lost',
      repaired!.isWhole
        ? 'nothing: all tables equal those of an undisturbed run'
        : '**not equal to an undisturbed run**',
    ],
    ['seconds', String(Math.round(seconds!))],
  ];
  return [
    ...head,
    '| | |',
    '| --- | --- |',
    ...lines.map(([name, text]) => `| ${name} | ${cell(text)} |`),
    '',
  ].join('\n');
}

function placesOf({ serving, deadLetters, due }: Rows): string {
  const dead = Object.entries(deadLetters).map(([reason, count]) => `${count} ${reason}`);
  return [
    `${serving} passages serve`,
    `dead letters: ${dead.length > 0 ? dead.join(', ') : 'none'}`,
    `${due} rows to be done by the next run`,
  ].join('; ');
}

/** With a full stop. */
function ended(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function capital(text: string): string {
  return text[0]!.toUpperCase() + text.slice(1);
}

function cell(text: string): string {
  return text
    .replaceAll(/(\/[\w.-]+)+\/throughline-(test|drill-disk)-\w+/g, '.')
    .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT')
    .replaceAll(/\d{8}T\d{6}Z-[0-9a-f-]{6,8}/g, 'RUN')
    .replaceAll(/\s*\n\s*/g, ' ')
    .replaceAll('|', '\\|');
}
