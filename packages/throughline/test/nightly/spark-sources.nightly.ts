/** Topics and tables that a cluster reads by itself, by the recipes of docs/sources.md: the same as this machine reads there. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Admin, Producer } from '@platformatic/kafka';
import pg from 'pg';
import { parse } from 'yaml';
import { kafka } from '../../../../engines/kafka.ts';
import { postgres } from '../../../../engines/postgres.ts';
import { sparkConnect } from '../../../../engines/spark-connect.ts';
import { project } from '../project.ts';
import { assertSameLake } from '../same-lake.ts';
import { readBuild } from '../tables.ts';

const [server, broker, database] = [await sparkConnect({}, ['kafka', 'postgres']), await kafka(), await postgres()];
const engines = [server, broker, database];
const missing = engines.find((engine) => !engine.ok);
after(async () => {
  for (const engine of engines) if (engine.ok) await engine.stop();
});
const skip = missing && !missing.ok ? missing.reason : false;

const PAGE = await readFile(join(import.meta.dirname, '../../../../docs/sources.md'), 'utf8');
/** The first example under a heading. */
function recipe(heading: string) {
  const after = PAGE.slice(PAGE.indexOf(`\n${heading}\n`));
  return parse(/^```yaml\n(.*?)^```$/ms.exec(after)![1]!);
}

describe('topics', { skip }, () => {
  let admin: Admin;
  let producer: Producer;
  const url = server.ok ? server.url : '';
  const bootstrap = broker.ok ? broker.broker : '';
  const client = { clientId: 'test', bootstrapBrokers: [bootstrap], retries: 20, retryDelay: 100 };
  before(() => { admin = new Admin(client); producer = new Producer(client); });
  after(async () => { await Promise.all([admin.close(), producer.close()]); });

  test('records', async (t) => {
    await admin.createTopics({ topics: ['complaints'], partitions: 3, replicas: 1 });
    const send = async (messages: [key: string | null, value: object | string | null, headers?: [string, string][]][]) => {
      for (const [key, value, headers] of messages)
        await producer.send({ messages: [{ topic: 'complaints', partition: (key ?? '').length % 3, ...(key !== null && { key: Buffer.from(key) }),
          ...(value !== null && { value: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)) }),
          ...(headers && { headers: new Map(headers.map(([n, v]) => [Buffer.from(n), Buffer.from(v)])) }) }] });
    };
    const value = (i: number, more: object = {}) => ({ subject: `subject ${i}`, body: `They charged fee ${i} twice, "again"\nand again. é😀`, created_at: `2024-01-0${1 + i % 7}T10:00:00.25+02:00`, product: `p${i % 3}`, amount: i / 8, ...more });
    await send([['a', value(1)], ['bb', value(2)], ['ccc', value(3), [['origin', 'crm'], ['other', 'x'], ['origin', 'web é']]], ['a', value(4, {product: {a: [1, {b: 'é"'}, 1.50, null]}})], ['bb', null], ['dddd', value(5, {product: true, amount: null})],
      ['eeeee', JSON.stringify(value(6)).replace('"p0"', '12345678901234567890')], ['f', JSON.stringify(value(7)).replace('"p1"', '1.0')], ['g', JSON.stringify(value(8)).replace('"p2"', '1.50')], ['h', JSON.stringify(value(8)).replace('"p2"', '1e3')], ['i', JSON.stringify(value(8)).replace('"p2"', '0.1234567890123456789')], ['j', JSON.stringify(value(8)).replace('"p2"', '{ "n" : 1.50, "m": 1e2 }')], ['k', value(9, {created_at: '2024-02-01', body: undefined})],['l', JSON.stringify(value(8)).replace('"p2"', '-0')],
      ['late', value(10, {created_at: '2020-01-01'})], ['bb2', null], ['moves', value(11, {created_at: '2024-01-01'})], ['moves', value(11, {created_at: '2024-03-01'})]]);
    const { source: ours } = recipe('## Kafka');
    const { source: theirs } = recipe('### A topic on a cluster');
    const chunk = { by: 'created_at', every: '1d' };
    const local = await project(t, undefined, { chunk, source: { path: undefined, ...ours, brokers: bootstrap } });
    const spark = await project(t, undefined, { chunk, engine: { spark: url }, source: { path: undefined, ...theirs, options: { ...theirs.options, 'kafka.bootstrap.servers': bootstrap } } });
    const here = await local.call('run', '--only', 'map', '--json');
    assert.equal(here.code, 0, here.stderr);
    console.time('spark');
    const there = await spark.call('run', '--only', 'map', '--json');
    console.timeEnd('spark');
    assert.equal(there.code, 0, there.stderr);
    console.log(here.json, there.json, here.stderr, there.stderr);
    const [a, b] = [await readBuild(local.lake), await readBuild(spark.lake)];
    const show = (x: any) => x.records.map((r: any) => `${r._id} ${r._at} ${r.product} ${r.amount} ${r.origin}`).sort();
    console.log(show(a), show(b));
    await assertSameLake(spark, local);
  });
});
