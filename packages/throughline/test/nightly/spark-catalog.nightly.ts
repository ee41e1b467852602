/** What is promoted is found by name in the cluster's catalog, by any session. */
import assert from 'node:assert/strict';
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sparkConnect } from '../../../../engines/spark-connect.ts';
import { history } from '../../../delta/src/index.ts';
import { connect, type Row, type Session } from '../../../spark-connect/src/index.ts';
import type { Plan } from '../../src/run/plan.ts';
import { complaints, toCsv } from '../complaints.ts';
import { type ConfigChange, type Project, project } from '../project.ts';
import { promotedTables } from '../same-lake.ts';
import { readBuild } from '../tables.ts';

const server = await sparkConnect();
after(async () => {
  if (server.ok) await server.stop();
});
const skip = server.ok ? false : server.reason;
const url = server.ok ? server.url : '';

describe('names in the catalog', { skip }, () => {
  let session: Session;
  before(async () => {
    session = await connect(url);
  });
  after(() => session?.close());

  async function rows(sql: string): Promise<Row[]> {
    const found: Row[] = [];
    for await (const row of session.sql(sql).rows()) found.push(row);
    return found;
  }

  const count = async (table: string) => Number((await rows(`SELECT count(*) AS n FROM ${table}`))[0]!.n);

  const named = (schema: string): ConfigChange => ({ engine: { spark: url }, catalog: { schema } });

  async function run({ run }: Project, ...args: string[]) {
    const { code, json, stderr } = await run('run', '--json', ...args);
    assert.equal(code, 0, stderr);
    return { result: json, stderr };
  }

  test('every promoted table is found by its name, and again when a new build was promoted', async (t) => {
    const made = await project(t, toCsv(complaints(60)), named('spark_catalog.first'));
    const { stderr } = await run(made);
    assert.match(stderr, /in spark_catalog\.first: dead_letters, records, passages, themes, assignments/);
    const first = await readBuild(made.lake);
    assert.equal(await count('first.records'), first.records.length);
    assert.equal(await count('first.passages'), first.passages.length);
    assert.equal(await count('first.assignments'), first.passages.length);
    assert.ok((await count('first.themes')) > 0);
    assert.equal(await count('first.dead_letters'), 0);

    // A reader that never stops.
    let [done, read] = [false, 0];
    const reading = (async () => {
      for (; !done; read++) {
        await rows('SELECT count(*) FROM first.records');
        await sleep(100);
      }
    })();
    const attributes = ['product', { firm: 'company' }];
    await made.configure({ ...named('spark_catalog.first'), source: { attributes } });
    const { result } = await run(made, '--only', 'map').finally(() => {
      done = true;
    });
    await reading;
    assert.ok(read > 0);
    assert.equal(result.chunks.skipped, 0, 'another build');
    const firms = await rows('SELECT firm FROM first.records ORDER BY firm LIMIT 1');
    assert.equal(
      firms[0]!.firm,
      (await readBuild(made.lake)).records.map(({ firm }) => String(firm)).sort()[0],
    );

    for (const root of Object.values(await promotedTables(made.lake))) {
      const writers = (await history(root)).map(({ info }) => String(info.engineInfo));
      assert.deepEqual(
        writers.filter((writer) => !writer.startsWith('throughline')),
        [],
        `${root} was written by us alone`,
      );
    }
  });

  test('a run that has nothing to do looks whether the names are there', async (t) => {
    const made = await project(t, toCsv(complaints(20)), { engine: { spark: url } });
    await run(made, '--only', 'map');
    await made.configure(named('later'));
    const { result, stderr } = await run(made, '--only', 'map');
    assert.equal(result.chunks.done, 0);
    assert.match(stderr, /in the catalog, in later: /);
    assert.equal(await count('later.records'), 20);
    assert.doesNotMatch((await run(made, '--only', 'map')).stderr, /catalog/, 'there is nothing to say');

    await session.execute('DROP TABLE later.records');
    assert.match((await run(made, '--only', 'map')).stderr, /in the catalog, in later: records\n/);
    assert.equal(await count('later.records'), 20);
  });

  test('one run on the other engine goes on where the first ended', async (t) => {
    const made = await project(t, toCsv(complaints(20)), named('once'));
    const local = await run(made, '--only', 'map', '--engine', 'local');
    assert.equal(local.result.records, 20);
    assert.match(local.stderr, /warning: the catalog may not have .*: this run has no Spark cluster/);
    await made.configure({ engine: 'local' });
    const plan = await made.run<Plan>('plan', '--json', '--engine', url);
    assert.equal(plan.json.due.chunks, 0, plan.stderr);
    const again = await run(made, '--only', 'map', '--force', '--engine', url);
    assert.deepEqual([again.result.records, again.result.cached], [20, local.result.passages]);
  });

  test('a name of this lake whose folder is gone is given again', async (t) => {
    const made = await project(t, toCsv(complaints(20)), { engine: { spark: url } });
    await run(made, '--only', 'map');
    const { records } = await promotedTables(made.lake);
    const gone = join(made.lake, 'builds', 'gone', 'records');
    await cp(records!, gone, { recursive: true });
    await session.execute('CREATE SCHEMA gone');
    await session.execute(`CREATE TABLE gone.records USING delta LOCATION '${gone}'`);
    await rm(gone, { recursive: true });
    await made.configure(named('gone'));
    await run(made, '--only', 'map');
    assert.equal(await count('gone.records'), 20);
  });

  test('what somebody else has under a name stays, and is a warning', async (t) => {
    await session.execute('CREATE SCHEMA taken');
    await session.execute('CREATE TABLE taken.records (theirs INT) USING delta');
    await session.execute('CREATE VIEW taken.passages AS SELECT 1 AS theirs');
    const made = await project(t, toCsv(complaints(20)), named('taken'));
    const { stderr } = await run(made, '--only', 'map');
    assert.match(
      stderr,
      /warning: .*taken\.records: there is something else of that name \(MANAGED at file:/,
    );
    assert.match(
      stderr,
      /taken\.passages: there is something else of that name \(VIEW\); drop it, or choose/,
    );
    assert.equal(await count('taken.records'), 0);
    assert.deepEqual(await rows('SELECT * FROM taken.passages'), [{ theirs: 1 }]);
    assert.equal(await count('taken.dead_letters'), 0);
  });

  test('a catalog that is not there is a warning with its reason; the run is done', async (t) => {
    const made = await project(t, toCsv(complaints(20)), named('nowhere.complaints'));
    const { result, stderr } = await run(made, '--only', 'map');
    assert.equal(result.records, 20);
    assert.match(stderr, /warning: the catalog may not have .*REQUIRES_SINGLE_PART_NAMESPACE.* looks again/);
  });
});
