/** Batch against one at a time: passages of the lake embedded and assigned again, each by itself. */
import { relation } from '@throughline/delta';
import { openSession } from '../engine/local/session.ts';
import { existingBuild } from '../lake/build.ts';
import { type Lake, promotedBuild } from '../lake/lake.ts';
import { type ModelSpec, openEmbedder } from '../model/index.ts';
import { queryModel } from '../search/query-model.ts';
import { type PromotedRule, promotedRule } from '../theme/index.ts';
import { cosine } from '../theme/vectors.ts';
import { line, type SelfCheck } from './self-check.ts';

export interface AloneRequest {
  /** The model as the config names it. */
  spec: ModelSpec | undefined;
  /** Passages, by hash of their place: the same ones each time. */
  passages: number;
  minCosine: number;
  onProgress?: (done: number, of: number) => void;
}

interface Stored {
  text: string;
  vector: Float32Array;
  theme: string | null;
}

/**
 * A text's vector and theme must not depend on what else was in the batch. Costs a call of the model for each passage. Memory: the passages
 * that are looked at.
 */
export async function compareAlone(lake: Lake, request: AloneRequest): Promise<SelfCheck> {
  const { tables, info } = await existingBuild(lake, await promotedBuild(lake));
  const rule = await promotedRule(lake);
  const rows = await storedPassages(tables.passages, rule, request.passages);
  await using model = queryModel(info, { model: request.spec, threads: 1, openModel: openEmbedder });
  const found = { equal: 0, least: 1, themed: 0, sameTheme: 0 };
  for (const [i, { text, vector, theme }] of rows.entries()) {
    const alone = await model.passages([text]);
    if (alone.every((value, at) => value === vector[at])) found.equal++;
    found.least = Math.min(found.least, cosine(alone, vector));
    if (rule !== undefined) {
      found.themed++;
      if ((await rule.themeOf(text, alone)) === theme) found.sameTheme++;
    }
    request.onProgress?.(i + 1, rows.length);
  }
  const share = (part: number, of: number) => (of === 0 ? null : part / of);
  return {
    what: 'alone',
    title: 'A batch against one at a time',
    passages: rows.length,
    lines: [
      line(
        'cosine',
        'least cosine of a vector of the lake to that of the same text embedded alone',
        request.minCosine,
        rows.length === 0 ? null : found.least,
      ),
      line(
        'identical',
        'share of vectors that are the same to the last bit',
        undefined,
        share(found.equal, rows.length),
      ),
      line(
        'theme',
        'share of passages that alone get the theme that they have',
        // Where there are no themes there is nothing to hold.
        rule === undefined ? undefined : 1,
        share(found.sameTheme, found.themed),
      ),
    ],
  };
}

async function storedPassages(
  passages: Parameters<typeof relation>[0],
  rule: Pick<PromotedRule, 'assignments' | 'where'> | undefined,
  limit: number,
): Promise<Stored[]> {
  await using session = await openSession();
  await using texts = await relation(passages);
  await using themes = rule && (await relation(rule.assignments));
  const join = themes === undefined ? '' : `LEFT JOIN ${themes.sql} AS a USING (_passage)`;
  const rows: Stored[] = [];
  for await (const batch of session.stream(
    `SELECT p._text, p._embedding, ${themes === undefined ? 'NULL' : 'a._theme'} FROM ${texts.sql} AS p ${join} WHERE ${rule?.where ?? 'true'} ORDER BY _passage LIMIT ${limit}`,
  ))
    for (const [text, vector, theme] of batch as [string, { items: number[] }, string | null][])
      rows.push({ text, vector: Float32Array.from(vector.items), theme });
  return rows;
}
