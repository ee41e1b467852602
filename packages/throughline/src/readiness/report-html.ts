/** Readiness as a page to print and to sign. */
import { escapeHtml as text } from '../escape-html.ts';
import { mark, reportPage } from '../report-page.ts';
import { figure } from './figure.ts';
import type { Readiness, ReadinessRow } from './readiness.ts';

/** Whatever stands in config, lake and notebook is text. */
export function readinessHtml({ pipeline, at, ready, rows, limits }: Readiness): string {
  return reportPage({
    title: `Readiness of ${pipeline}`,
    heading: `Readiness of ${text(pipeline)}: ${mark(ready, 'ready', 'not ready')}`,
    body: `<p>As of ${text(at)}.</p>
<table><thead><tr><th scope="col">Topic</th><th scope="col">Notebook</th><th scope="col">Production, and how to see it again</th></tr></thead><tbody>
${rows.map(rowHtml).join('\n')}
</tbody></table>
<h2>Limits</h2>
${
  limits.length === 0
    ? '<p>None are agreed on: <code>acceptance:</code> in the config.</p>'
    : `<table><thead><tr><th scope="col">Limit</th><th scope="col">Agreed</th><th scope="col">Last</th><th scope="col">Measured by</th><th scope="col">Where it is not met</th></tr></thead><tbody>
${limits.map(limitHtml).join('\n')}
</tbody></table>`
}`,
  });
}

function rowHtml({ topic, notebook, evidence, ok, missing }: ReadinessRow): string {
  const found = evidence.map(
    (one) => `<li>${one.ok ? '' : `${mark(false)}: `}${text(one.says)}${codeOf(one.command)}</li>`,
  );
  const mends = missing.map(({ mend }) => `<li>To mend it:${codeOf(mend)}</li>`);
  return `<tr><th scope="row">${text(topic)}<br>${mark(ok)}</th><td>${text(notebook)}</td><td><ul>${[...found, ...mends].join('')}</ul></td></tr>`;
}

function limitHtml({ name, agreed, observed, run, onMiss, met, mend }: Readiness['limits'][number]): string {
  const follows = onMiss === 'stop' ? 'nothing is promoted' : 'it is told';
  return `<tr><th scope="row"><code>${text(name)}</code> ${mark(met)}</th><td>${text(agreed)}</td><td>${text(figure(observed))}</td><td>${run === null ? 'this report' : `<code>${text(run)}</code>`}</td><td>${follows}${mend === undefined ? '' : `. To mend it:${codeOf(mend)}`}</td></tr>`;
}

function codeOf(command: string | undefined): string {
  return command === undefined ? '' : ` <code>${text(command)}</code>`;
}
