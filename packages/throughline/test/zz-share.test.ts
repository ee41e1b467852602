import test from 'node:test';
import { complaints, toCsv } from './complaints.ts';
import { project } from './project.ts';
import { emptyLake, s3ForTests } from './s3.ts';

const { skip } = await s3ForTests();
test('share', { skip }, async (t) => {
  const rows = complaints(1500);
  const shared = await project(t, toCsv(rows), {
    chunk: { by: 'date_received', every: '1M' },
    lake: emptyLake(),
  });
  const both = await Promise.all([
    shared.run('run', '--only', 'map', '--json'),
    shared.run('run', '--only', 'map', '--json'),
  ]);
  t.diagnostic(
    JSON.stringify(
      both.map(({ code, json, stderr }) => [code, json?.chunks, json?.seconds, stderr.slice(-300)]),
    ),
  );
});
