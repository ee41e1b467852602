/** Parity as a page that a data scientist and an engineer can both sign: what was compared, what was found, what was agreed on. */
import { escapeHtml as text } from '../escape-html.ts';
import { mark, reportPage } from '../report-page.ts';
import type { Comparison, SideCounts } from './compare.ts';
import { cutFigure } from './cut-figure.ts';
import type { SelfCheck } from './self-check.ts';
import { LEAST, type VerdictLine } from './verdict.ts';

export interface ParityReport {
  pipeline: string;
  /** ISO 8601, UTC. */
  at: string;
  ok: boolean;
  /** With the results that were agreed on. */
  reference?: Comparison | undefined;
  /** With what an earlier run has left. */
  before?: Comparison | undefined;
  checks: readonly SelfCheck[];
  /** What the results were made with: names and values. */
  circumstances: readonly (readonly [string, string])[];
}

/** Whatever stands in the data is text. */
export function parityHtml({
  pipeline,
  at,
  ok,
  reference,
  before,
  checks,
  circumstances,
}: ParityReport): string {
  const parts = [
    `<p>As of ${text(at)}. Figures are cut, not rounded: nothing below a limit is shown as the limit.</p>`,
    ...(reference ? [comparisonHtml('The results that were agreed on', reference)] : []),
    ...checks.map(checkHtml),
    ...(before ? [comparisonHtml('What an earlier run has left', before)] : []),
    `<h2>Made with</h2><table><tbody>${circumstances.map(([name, value]) => `<tr><th scope="row">${text(name)}</th><td><code>${text(value)}</code></td></tr>`).join('')}</tbody></table>`,
  ];
  return reportPage({
    title: `Parity of ${pipeline}`,
    heading: `Parity of ${text(pipeline)}: ${mark(ok, 'within the limits', 'not within the limits')}`,
    body: parts.join('\n'),
  });
}

function comparisonHtml(title: string, comparison: Comparison): string {
  const { counts, matching, verdict, vectors, neighbours, themes, notes } = comparison;
  const measured = [
    ...(vectors
      ? [
          `median cosine ${figure(vectors.median)}, mean ${figure(vectors.mean)}, of ${count(vectors.compared)} pairs`,
        ]
      : []),
    ...(neighbours
      ? [`neighbours in common ${figure(neighbours.overlap)}, of ${count(neighbours.queries)} rows`]
      : []),
    ...(themes
      ? [
          `themes: AMI ${figure(themes.ami)}, ARI ${figure(themes.ari)}; ${themes.themes.a} and ${themes.themes.b} of them`,
        ]
      : []),
    ...notes,
  ];
  return `<h2>${text(title)}</h2>
<table><thead><tr><th scope="col"></th><th scope="col">Where</th><th scope="col" class="n">${text(matching.level)}</th><th scope="col" class="n">Different ids</th><th scope="col" class="n">Vectors</th></tr></thead><tbody>
${sideHtml('A', counts.a)}${sideHtml('B', counts.b)}</tbody></table>
<p>${count(matching.rows)} rows are in both, matched by ${text(matching.by.join(', '))}.</p>
<table><thead><tr><th scope="col">Limit</th><th scope="col" class="n">Found</th><th scope="col" class="n">Agreed</th><th scope="col"></th></tr></thead><tbody>
${verdict.map(verdictHtml).join('\n')}
</tbody></table>
<ul>${measured.map((one) => `<li>${text(one)}</li>`).join('')}</ul>
${worstHtml(comparison)}`;
}

function sideHtml(name: string, { path, kind, rows, ids, vectors }: SideCounts): string {
  return `<tr><th scope="row">${name}</th><td><code>${text(path)}</code> (${text(kind)})</td><td class="n">${count(rows)}</td><td class="n">${count(ids)}</td><td class="n">${count(vectors)}</td></tr>\n`;
}

function verdictHtml({ limit, wanted, found, ok }: VerdictLine): string {
  const isLeast = LEAST.includes(limit);
  const shown = found === null ? 'not measured' : isLeast ? figure(found) : count(found);
  return `<tr><th scope="row"><code>${text(limit)}</code></th><td class="n">${shown}</td><td class="n">${isLeast ? 'at least' : 'at most'} ${wanted}</td><td>${mark(ok, 'ok', 'NOT')}</td></tr>`;
}

const WORST = 5;

function worstHtml({ worst }: Comparison): string {
  const rows = worst
    .slice(0, WORST)
    .map(
      ({ id, cosine, a, b }) =>
        `<tr><td class="n">${figure(cosine)}</td><td><code>${text(id ?? '')}</code></td><td>${short(a)}</td><td>${b === a ? 'the same text' : short(b)}</td></tr>`,
    );
  if (rows.length === 0) return '';
  return `<table><thead><tr><th scope="col" class="n">Cosine</th><th scope="col">Farthest apart</th><th scope="col">A</th><th scope="col">B</th></tr></thead><tbody>
${rows.join('\n')}
</tbody></table>`;
}

const SHORT = 160;

function short(value: string | null): string {
  return text(value === null ? '' : value.length > SHORT ? `${value.slice(0, SHORT)} ...` : value);
}

function checkHtml({ title, passages, lines }: SelfCheck): string {
  return `<h2>${text(title)}</h2>
<p>${count(passages)} passages.</p>
<table><thead><tr><th scope="col">Figure</th><th scope="col" class="n">Found</th><th scope="col" class="n">Agreed</th><th scope="col"></th></tr></thead><tbody>
${lines
  .map(
    ({ name, says, wanted, found, ok }) =>
      `<tr><th scope="row"><code>${text(name)}</code>: ${text(says)}</th><td class="n">${figure(found)}</td><td class="n">${wanted === undefined ? 'reported' : `at least ${wanted}`}</td><td>${wanted === undefined ? '' : mark(ok, 'ok', 'NOT')}</td></tr>`,
  )
  .join('\n')}
</tbody></table>`;
}

function figure(value: number | null): string {
  return cutFigure(value, 'not measured');
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
