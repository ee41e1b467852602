/** A first set of judgements from records alone: what one of their fields says is asked, and they are the answer. */
import { type Relation, relation } from '@throughline/delta';
import { openSession, type Session } from '../../engine/local/session.ts';
import { EXIT, ThroughlineError } from '../../error.ts';
import { type Build, existingBuild } from '../../lake/build.ts';
import { type Lake, promotedBuild } from '../../lake/lake.ts';
import { unknownAttribute } from '../../unknown-attribute.ts';
import { type Candidate, sentenceCandidates, valueCandidates } from './candidates.ts';
import { type Choice, choose } from './choose.ts';
import { overlapOf } from './overlap.ts';

/** Instead of an attribute: the beginning of the text itself. */
export const FIRST_SENTENCE = 'first-sentence';

export interface SynthRequest {
  /** An attribute of text, or `first-sentence`. */
  field: string;
  /** At most so many. */
  queries: number;
  /** Another seed takes other records. */
  seed: number;
}

export interface Synthesised extends SynthRequest {
  build: string;
  made: Candidate[];
  leftOut: Choice['leftOut'];
  overlap: {
    /** Mean share of a query's words that stand in the text of its record. */
    words: number;
    /** Share of queries that stand in that text as they are. */
    contained: number;
  };
}

/**
 * From the records of the promoted build; the same records and seed give the same queries, and fewer of them the first of
 * more. Throws with exit code 64 for a field that is none, 65 if nothing can be asked. Memory: the queries.
 */
export async function synthesise(lake: Lake, request: SynthRequest): Promise<Synthesised> {
  const build = await existingBuild(lake, await promotedBuild(lake));
  checkField(build, request.field);
  await using session = await openSession();
  await using records = await relation(build.tables.records);
  const { chosen: made, leftOut } = await choose(candidatesOf(session, records, request), request.queries);
  if (made.length === 0) throw nothingToAsk(request.field, leftOut);
  const overlap = await meanOverlap(session, build, made);
  return { ...request, build: build.info.digest, made, leftOut, overlap };
}

function candidatesOf(session: Session, { sql }: Relation, { field, queries, seed }: SynthRequest) {
  return field === FIRST_SENTENCE
    ? sentenceCandidates(session, sql, queries, seed)
    : valueCandidates(session, sql, field, seed);
}

function checkField({ info: { mapping } }: Build, field: string): void {
  const attributes = mapping.attributes.flatMap(({ name, type }) => (type === 'string' ? [name] : []));
  const known = [...attributes, FIRST_SENTENCE];
  if (known.includes(field)) return;
  const isText = mapping.text.includes(field);
  throw unknownAttribute(
    field,
    known,
    isText
      ? `${field} is a column of the text: keep it as an attribute too (source.attributes), and run again.`
      : undefined,
  );
}

function nothingToAsk(field: string, leftOut: Choice['leftOut']): ThroughlineError {
  const reasons = Object.entries(leftOut).flatMap(([reason, count]) =>
    count > 0 ? [`${count} ${reason}`] : [],
  );
  return new ThroughlineError(
    `nothing in ${field} can be asked${reasons.length > 0 ? ` (left out: ${reasons.join(', ')})` : ': it is empty'}`,
    {
      code: 'synth_empty',
      exitCode: EXIT.badData,
      hint: 'A query has 3 to 60 words, and at most 5 records answer it: choose a field like a title or a subject.',
    },
  );
}

/** Ids that one statement names. */
const BATCH = 1_000;

/** By the text of the first record that answers each. */
async function meanOverlap(
  session: Session,
  build: Build,
  made: readonly Candidate[],
): Promise<Synthesised['overlap']> {
  let [words, contained] = [0, 0];
  for (let start = 0; start < made.length; start += BATCH) {
    const some = made.slice(start, start + BATCH);
    const asked = Map.groupBy(some, ({ recordIds }) => recordIds[0]!);
    const where = [{ column: '_id', op: 'in', values: [...asked.keys()] }] as const;
    await using rows = await relation(build.tables.records, { where });
    const texts = `SELECT _id, min(coalesce(_text, '')) FROM ${rows.sql} GROUP BY _id`;
    for await (const batch of session.stream(texts)) {
      for (const [id, text] of batch as [string, string][]) {
        for (const query of asked.get(id) ?? []) {
          const overlap = overlapOf(query.text, text);
          words += overlap.words;
          contained += Number(overlap.contained);
        }
      }
    }
  }
  return { words: words / made.length, contained: contained / made.length };
}
