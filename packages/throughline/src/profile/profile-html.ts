/** A profile as a page that stands alone: tables and bars, no script. */
import { escapeHtml } from '../escape-html.ts';
import type { Histogram, Profile } from './profile-build.ts';

export interface ProfileOf {
  pipeline: string;
  run: string;
  /** ISO 8601, UTC. */
  at: string;
}

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;max-width:960px;margin:2rem auto;padding:0 1rem;color:#1b1f23;background:#fff}
h1{font-size:1.4rem}h2{font-size:1.05rem;margin:2rem 0 .5rem}table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #dde1e4;vertical-align:top}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
svg{width:100%;height:auto}rect{fill:#0f6b64}text{fill:currentColor;font:12px system-ui,sans-serif}
@media(prefers-color-scheme:dark){body{color:#e6e8ea;background:#15181a}th,td{border-color:#33383c}rect{fill:#5cc4b8}}`;

/** Values of the data are escaped: whatever they are, they are text. */
export function profileHtml(profile: Profile, { pipeline, run, at }: ProfileOf): string {
  const { records, passages, columns, lengths, tokens } = profile;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Profile of ${escapeHtml(pipeline)}</title><style>${STYLE}</style></head><body>
<h1>Profile of ${escapeHtml(pipeline)}</h1>
<p>${number(records)} records, ${number(passages)} passages. Run ${escapeHtml(run)}, ${escapeHtml(at)}.</p>
<h2>Characters of the records' texts</h2>${bars(lengths, "Characters of the records' texts")}
<h2>Tokens of the passages</h2>${bars(tokens, 'Tokens of the passages')}
<h2>Columns</h2>
<table><thead><tr><th>column</th><th>type</th><th class="n">nulls</th><th class="n">distinct, about</th><th>from</th><th>to</th></tr></thead><tbody>
${columns
  .map(
    ({ name, type, nulls, distinct, min, max }) =>
      `<tr><td>${escapeHtml(name)}</td><td>${escapeHtml(type)}</td><td class="n">${percent(nulls, records)}</td><td class="n">${number(distinct)}</td><td>${short(min)}</td><td>${short(max)}</td></tr>`,
  )
  .join('\n')}
</tbody></table>
${columns
  .filter(({ top }) => top.length > 0)
  .map(
    ({ name, top }) =>
      `<h2>Most frequent: ${escapeHtml(name)}</h2><table><tbody>${top.map(({ value, count }) => `<tr><td>${short(value)}</td><td class="n">${number(count)}</td><td class="n">${percent(count, records)}</td></tr>`).join('')}</tbody></table>`,
  )
  .join('\n')}
</body></html>
`;
}

const [WIDTH, ROW, LABEL] = [900, 22, 110];

function bars({ ends, counts }: Histogram, label: string): string {
  const most = Math.max(1, ...counts);
  const rows = counts.map((count, i) => {
    const name = ends[i] === undefined ? `over ${number(ends.at(-1)!)}` : `to ${number(ends[i])}`;
    const width = ((WIDTH - LABEL - 90) * count) / most;
    const y = i * ROW;
    return `<text x="${LABEL - 8}" y="${y + 15}" text-anchor="end">${name}</text><rect x="${LABEL}" y="${y + 3}" width="${width.toFixed(1)}" height="${ROW - 6}"/><text x="${(LABEL + width + 6).toFixed(1)}" y="${y + 15}">${number(count)}</text>`;
  });
  return `<svg viewBox="0 0 ${WIDTH} ${ROW * counts.length}" role="img" aria-label="${escapeHtml(label)}">${rows.join('')}</svg>`;
}

function number(value: number): string {
  return value.toLocaleString('en');
}

function percent(part: number, of: number): string {
  return of === 0 ? '-' : `${((100 * part) / of).toFixed(1)} %`;
}

const SHOWN = 80;

function short(value: string | null): string {
  if (value === null) return '-';
  return escapeHtml(value.length > SHOWN ? `${value.slice(0, SHOWN)}...` : value);
}
