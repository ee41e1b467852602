/** More of what both engines do alike. */
import assert from 'node:assert/strict';
import { after, type TestContext, test } from 'node:test';
import { sparkConnect } from '../../../../engines/spark-connect.ts';
import { type Case, bothEngines as onBothEngines } from '../both-engines.ts';
import { complaints, toCsv } from '../complaints.ts';
import { readBuild } from '../tables.ts';

const server = await sparkConnect();
after(async () => {
  if (server.ok) await server.stop();
});
const skip = server.ok ? false : server.reason;
const bothEngines = (t: TestContext, of: Case) => onBothEngines(t, server.ok ? server.url : '', of);

const HEADER = 'complaint_id,narrative,date_received,product,issue,company,state\n';
const WEEKS = { chunk: { by: 'date_received', every: '7d' } };

test('one chunk per file, whatever the files are called', { skip }, async (t) => {
  const files = ['a b+c%20[1].csv', "d'é,{e}.csv", 'plain.csv'];
  const { ours } = await bothEngines(t, {
    data: async ({ write }) => {
      for (const [i, name] of files.entries())
        await write(name, `${HEADER}${i}1,in ${i},2024-01-01,x,i,c,s\n${i}2,also ${i},,x,i,c,s\n`);
    },
    change: {
      source: { path: '*.csv', timestamp: undefined, attributes: ['product'] },
      chunk: { by: 'file' },
    },
  });
  assert.equal(ours.chunks.done, 3);
});

test('lines that are no rows', { skip }, async (t) => {
  const lines = `${HEADER}1,good,2024-01-01,x,i,c,s\n2,short\n3,long,2024-01-01,x,i,c,s,and more\n`;
  const { spark } = await bothEngines(t, { data: lines, change: WEEKS, unlikeDead: true });
  const { dead_letters } = await readBuild(spark.lake);
  assert.deepEqual(dead_letters.map(({ _step, _code, _payload }) => [_step, _code, _payload]).sort(), [
    ['read', 'wrong_number_of_columns', '2,short'],
    ['read', 'wrong_number_of_columns', '3,long,2024-01-01,x,i,c,s,and more'],
  ]);
});

test('a sample, chosen by content', { skip }, async (t) => {
  const { ours } = await bothEngines(t, {
    data: toCsv(complaints(120)),
    args: ['--sample', '40'],
    planned: true,
  });
  assert.equal(ours.records + ours.deadLetters, 40);
});
