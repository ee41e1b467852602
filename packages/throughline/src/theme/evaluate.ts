/** The promoted themes against a field of the records that says what each is about. */
import { relation } from '@throughline/delta';
import { type Agreement, agreementOfCounts, coherence, diversity } from '@throughline/themes';
import { openSession, type Session } from '../engine/local/session.ts';
import { EXIT, ThroughlineError } from '../error.ts';
import type { Lake } from '../lake/lake.ts';
import { unknownAttribute } from '../unknown-attribute.ts';
import { openThemes, recordThemesOf, type ThemeTables } from './open-themes.ts';

export interface ThemesEvaluation extends Agreement {
  version: string;
  labels: string;
  themes: number;
  classes: number;
  /** Records with a label; those without are left out. */
  records: number;
  unlabelled: number;
  /** Share of the passages that have a theme. */
  coverage: number;
  /** Mean NPMI of the themes' keywords, weighted by the size of the theme; null without keywords. */
  coherence: number | null;
  /** Share of different ones among all keywords. */
  diversity: number;
}

/** Passages that coherence is counted on: those with the smallest content hashes. */
const COUNTED = 20_000;

/**
 * By the table `record_themes`; records without a theme count as one more. Labels score the themes and are not used
 * to find them. Throws with exit code 64 for a field that is no attribute of text, 65 where no record has a label, and 66 without themes.
 * Memory: pairs of label and theme, and the counts of keywords.
 */
export async function evaluateThemes(lake: Lake, labels: string): Promise<ThemesEvaluation> {
  const tables = await openThemes(lake);
  if (!tables.textAttributes.includes(labels)) throw unknownAttribute(labels, tables.textAttributes);
  await using session = await openSession();
  const counts = await countPairs(session, tables, labels);
  const labelled = counts.filter(({ a }) => a !== null);
  const sum = (some: readonly { count: number }[]) => some.reduce((total, { count }) => total + count, 0);
  if (labelled.length === 0) throw noLabels(labels);
  const described = await describe(session, tables);
  return {
    ...{ version: tables.version, labels, themes: described.themes },
    classes: new Set(labelled.map(({ a }) => a)).size,
    records: sum(labelled),
    unlabelled: sum(counts) - sum(labelled),
    ...agreementOfCounts(labelled),
    ...{ coverage: described.coverage, coherence: described.coherence, diversity: described.diversity },
  };
}

/** Records by label and theme. */
async function countPairs(
  session: Session,
  tables: ThemeTables,
  labels: string,
): Promise<{ a: string | null; b: string; count: number }[]> {
  await using themes = await relation(recordThemesOf(tables));
  await using texts = await relation(tables.passages);
  const rows = await session.query(`
    WITH labelled AS (SELECT _id, any_value(nullif(trim("${labels}"), '')) AS label FROM ${texts.sql} GROUP BY _id)
    SELECT label, coalesce(_theme, '') AS theme, count(*) AS records FROM labelled JOIN ${themes.sql} USING (_id) GROUP BY ALL ORDER BY ALL`);
  return rows.map(({ label, theme, records }) => ({
    a: label === null ? null : String(label),
    b: String(theme),
    count: Number(records),
  }));
}

async function describe(session: Session, tables: ThemeTables) {
  await using all = await relation(tables.themes);
  await using passages = await relation(tables.passages);
  await using assignments = await relation(tables.assignments);
  const themes = await session.query(
    `SELECT keywords, size FROM ${all.sql} WHERE len(keywords) > 0 ORDER BY id`,
  );
  const [count] = await session.query(
    `SELECT (SELECT count(DISTINCT _passage) FROM ${assignments.sql} WHERE _theme IS NOT NULL) /
       (SELECT count(DISTINCT _passage) FROM ${passages.sql}) AS coverage`,
  );
  const texts: string[] = [];
  const sample = `SELECT _hash, any_value(_text) AS text FROM ${passages.sql} GROUP BY _hash ORDER BY _hash LIMIT ${COUNTED}`;
  for await (const batch of session.stream(sample)) for (const [, text] of batch) texts.push(String(text));
  const keywords = themes.map((theme) => theme.keywords as string[]);
  return {
    themes: themes.length,
    coverage: Number(count!.coverage),
    coherence: weighted(
      coherence(texts, keywords),
      themes.map(({ size }) => Number(size)),
    ),
    diversity: diversity(keywords),
  };
}

function weighted(values: readonly (number | null)[], weights: readonly number[]): number | null {
  let [sum, total] = [0, 0];
  for (const [i, value] of values.entries()) {
    if (value === null) continue;
    sum += value * weights[i]!;
    total += weights[i]!;
  }
  return total === 0 ? null : sum / total;
}

function noLabels(field: string): ThroughlineError {
  return new ThroughlineError(`no record has a ${field}`, {
    code: 'labels_missing',
    exitCode: EXIT.badData,
    hint: 'Choose another attribute, or look at the column in the source.',
  });
}
