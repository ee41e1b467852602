import type { ChunkState } from '../../chunk/ledger.ts';
import { BUILT_IN } from '../../quality/index.ts';
import { quoted } from '../../quoted.ts';
import type { Facts, LakeFacts, SourceState } from '../facts.ts';
import { type Point, point } from '../point.ts';

const NAMED = 3;

/** Whether all of the source is in the tables, row for row. */
export function volume(facts: Facts): Point[] {
  const { lake, command } = facts;
  if (!lake?.build)
    return [point(false, 'nothing is promoted: no row of the source is served', { mend: command('run') })];
  const { build, expected, source } = lake;
  return [
    point(
      build.digest === expected && !build.isSample,
      build.isSample
        ? `the tables that serve are a sample (build ${build.digest})`
        : build.digest === expected
          ? `the tables that serve (build ${build.digest}) are those of today's settings`
          : `the tables that serve (build ${build.digest}) were made by other settings than today's (${expected ?? 'unknown'})`,
      { command: command('status'), mend: command('run') },
    ),
    ...(source.known ? sourcePoints(source, build, facts) : [unread(lake, facts)]),
    ...countChecks(lake, facts),
  ];
}

type Known = Extract<SourceState, { known: true }>;
type Built = NonNullable<LakeFacts['build']>;

/** Rows do not add up while chunks are missing. */
function sourcePoints(source: Known, build: Built, facts: Facts): Point[] {
  const chunks = chunksPoint(source, facts);
  return chunks.ok ? [chunks, rowsPoint(source, build, facts)] : [chunks];
}

function chunksPoint({ by, chunks, due }: Known, { command }: Facts): Point {
  const how = by === 'untouched' ? 'the source is as it was read' : 'the source was read for this';
  if (due.length === 0)
    return point(true, `all ${chunks} chunks of the plan are published; ${how}`, {
      command: command('plan'),
    });
  const names = due.slice(0, NAMED).join(', ') + (due.length > NAMED ? ', ...' : '');
  return point(false, `${due.length} of ${chunks} chunks are not published: ${names}`, {
    command: command('plan --chunks'),
    mend: command('run'),
  });
}

/** By the statistics of the tables' files; rows that were left out are those that chunks have reported. */
function rowsPoint({ rows, filtered, vanished }: Known, build: Built, { command }: Facts): Point {
  const gone = new Set(vanished);
  const count = (table: 'records' | 'dead_letters') =>
    sum([...build.tables[table].rowsByChunk].filter(([id]) => !gone.has(id)).map(([, n]) => n));
  const [records, dead] = [count('records'), count('dead_letters')];
  const dropped = sum([...build.states].filter(([id]) => !gone.has(id)).map(([, state]) => droppedOf(state)));
  const { records: r, dead_letters: d } = build.tables;
  const says = `${n(rows)} rows in the source = ${n(filtered)} filtered out + ${n(records)} records (version ${r.version}) + ${n(dead)} dead letters (version ${d.version}) + ${n(dropped)} left out by transforms or as earlier rows of an id`;
  const ok = rows === filtered + records + dead + dropped;
  const kept = vanished.length === 0 ? '' : `; ${vanished.length} chunks that left the source are kept`;
  return point(ok, `${ok ? says : says.replace(' = ', ' are not ')}${kept}`, {
    command: command('lake history --table records'),
    mend: command('run --force'),
  });
}

function droppedOf({ done }: ChunkState): number {
  return done?.dropped ?? 0;
}

function unread({ finished }: LakeFacts, { command }: Facts): Point {
  const last = finished.find(({ manifest }) => manifest.stages?.read !== undefined);
  if (!last) return point(false, 'no run has read the source to its end', { mend: command('run') });
  const { failed, left } = last.result.chunks;
  const ok = last.status === 'done' && failed + left === 0;
  return point(
    ok,
    `the source is read by the cluster and was not read for this; run ${last.run} left ${failed + left} chunks unpublished`,
    { command: command(`runs show ${last.run}`), mend: command('run') },
  );
}

/** Of the checks that are always on, as the last run that read the source has found them. */
function countChecks({ results, build }: LakeFacts, { command }: Facts): Point[] {
  return BUILT_IN.filter((name) => name.endsWith('_rows')).flatMap((name) => {
    const last = results.find((one) => one.check === name && one.build === build?.digest);
    if (!last) return [];
    return [
      point(last.status === 'passed', `check ${name} ${last.status} in run ${last.run}`, {
        command: command(`quality --run ${last.run}`),
        mend: command(
          `run --force${last.sample.length > 0 ? ` --chunk ${last.sample.map(quoted).join(' ')}` : ''}`,
        ),
      }),
    ];
  });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

function n(count: number): string {
  return count.toLocaleString('en');
}
