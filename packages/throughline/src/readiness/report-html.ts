/** Readiness as a page that stands alone, to print and to sign: no script, nothing that is fetched. */
import { escapeHtml as text } from '../escape-html.ts';
import { figure } from './figure.ts';
import type { Readiness, ReadinessRow } from './readiness.ts';

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;max-width:1100px;margin:2rem auto;padding:0 1rem;color:#1b1f23;background:#fff}
h1{font-size:1.4rem}h2{font-size:1.05rem;margin:2rem 0 .5rem}table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:.4rem .6rem;border-bottom:1px solid #dde1e4;vertical-align:top}
code{font:13px ui-monospace,monospace;overflow-wrap:anywhere}ul{margin:0;padding-left:1.1rem}
.ok{color:#0f6b3a;font-weight:600}.no{color:#a3201d;font-weight:600}.sign td{height:3rem}
@media print{body{margin:0;max-width:none;font-size:11px}tr,li{break-inside:avoid}thead{display:table-header-group}}`;

/** Whatever stands in config, lake and notebook is text. */
export function readinessHtml({ pipeline, at, ready, rows, limits }: Readiness): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Readiness of ${text(pipeline)}</title><style>${STYLE}</style></head><body>
<h1>Readiness of ${text(pipeline)}: ${mark(ready, 'ready', 'not ready')}</h1>
<p>As of ${text(at)}.</p>
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
}
<h2>Signed off</h2>
<table class="sign"><thead><tr><th scope="col"></th><th scope="col">Name</th><th scope="col">Date</th></tr></thead><tbody>
<tr><th scope="row">Data science</th><td></td><td></td></tr>
<tr><th scope="row">Data engineering</th><td></td><td></td></tr>
</tbody></table>
</body></html>
`;
}

function mark(ok: boolean, yes = 'ok', no = 'missing'): string {
  return ok ? `<span class="ok">${yes}</span>` : `<span class="no">${no}</span>`;
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
