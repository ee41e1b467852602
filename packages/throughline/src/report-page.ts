/** Reports as pages that stand alone, to print and to sign: no script, nothing that is fetched. */
import { escapeHtml as text } from './escape-html.ts';

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;max-width:1100px;margin:2rem auto;padding:0 1rem;color:#1b1f23;background:#fff}
h1{font-size:1.4rem}h2{font-size:1.05rem;margin:2rem 0 .5rem}table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:.4rem .6rem;border-bottom:1px solid #dde1e4;vertical-align:top}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
code{font:13px ui-monospace,monospace;overflow-wrap:anywhere}ul{margin:0;padding-left:1.1rem}
.ok{color:#0f6b3a;font-weight:600}.no{color:#a3201d;font-weight:600}.sign td{height:3rem}
@media print{body{margin:0;max-width:none;font-size:11px}tr,li{break-inside:avoid}thead{display:table-header-group}}`;

/** `title` is text; `heading` and `body` are HTML. */
export function reportPage({
  title,
  heading,
  body,
}: {
  title: string;
  heading: string;
  body: string;
}): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${text(title)}</title><style>${STYLE}</style></head><body>
<h1>${heading}</h1>
${body}
<h2>Signed off</h2>
<table class="sign"><thead><tr><th scope="col"></th><th scope="col">Name</th><th scope="col">Date</th></tr></thead><tbody>
<tr><th scope="row">Data science</th><td></td><td></td></tr>
<tr><th scope="row">Data engineering</th><td></td><td></td></tr>
</tbody></table>
</body></html>
`;
}

export function mark(ok: boolean, yes = 'ok', no = 'missing'): string {
  return ok ? `<span class="ok">${yes}</span>` : `<span class="no">${no}</span>`;
}
