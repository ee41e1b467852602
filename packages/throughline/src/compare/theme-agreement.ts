import { agreementOfCounts } from '@throughline/themes';
import type { Session } from '../engine/local/session.ts';
import { EXIT, ThroughlineError } from '../error.ts';

export interface ThemeAgreement {
  /** Rows that were compared. */
  rows: number;
  /** Adjusted mutual information; rows without a theme count as one more theme. Null without rows. */
  ami: number | null;
  /** Adjusted Rand index (Hubert and Arabie 1985); 1 only where the themes are the same but for their names. */
  ari: number | null;
  /** Share of rows without a theme. */
  unassigned: { a: number; b: number };
  /** Themes of each side. */
  themes: { a: number; b: number };
}

/** More pairs of themes than this are no themes; each is held in memory. */
const MAX_PAIRS = 1_000_000;

/** In memory: how often each theme of A meets each theme of B. Throws with exit code 64 if they are too many. */
export async function themeAgreement(session: Session): Promise<ThemeAgreement> {
  const found = await session.query(`SELECT x.theme AS a, y.theme AS b, count(*) AS rows
    FROM pairs AS p JOIN a_rows AS x ON x.rowid = p.a JOIN b_rows AS y ON y.rowid = p.b
    WHERE p.comparable GROUP BY 1, 2 LIMIT ${MAX_PAIRS + 1}`);
  if (found.length > MAX_PAIRS) throw notThemes();
  const cells = found.map((row) => ({
    a: row.a as string | null,
    b: row.b as string | null,
    count: Number(row.rows),
  }));
  const rows = cells.reduce((sum, { count }) => sum + count, 0);
  const without = (side: 'a' | 'b') =>
    rows === 0 ? 0 : cells.reduce((sum, cell) => sum + (cell[side] === null ? cell.count : 0), 0) / rows;
  const themes = (side: 'a' | 'b') => new Set(cells.flatMap((cell) => cell[side] ?? [])).size;
  const agreed = rows === 0 ? undefined : agreementOfCounts(cells);
  return {
    rows,
    ami: agreed?.ami ?? null,
    ari: agreed?.ari ?? null,
    unassigned: { a: without('a'), b: without('b') },
    themes: { a: themes('a'), b: themes('b') },
  };
}

function notThemes(): ThroughlineError {
  return new ThroughlineError(`there are more than ${MAX_PAIRS} pairs of themes`, {
    code: 'usage',
    exitCode: EXIT.usage,
    hint: 'Name the column that says which theme a row belongs to: --theme COLUMN.',
  });
}
