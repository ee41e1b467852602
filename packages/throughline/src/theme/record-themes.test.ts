import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { openTable, scan } from '@throughline/delta';
import { writeRecordThemes } from './record-themes.ts';
import { assignmentsSchema } from './schemas.ts';
import { type Cell, writeTable } from './write-table.ts';

test('a record has the theme of most of its text, noise only where it says nothing else', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-records-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const passage = (name: string, theme: string | null, score: number, tokens: number): Cell[] => {
    const record = name.slice(0, 1);
    return ['c', name, record, theme, score, score, theme, tokens];
  };
  const rows = [
    passage('a1', 't002', 0.5, 100),
    passage('a2', 't001', 1, 10),
    passage('a3', 't001', 1, 10),
    passage('b1', 'noise', 1, 50),
    passage('b2', 't003', 0.2, 5),
    passage('c1', 'noise', 1, 3),
    passage('d1', null, 0.3, 9),
    passage('e1', 't002', 0.5, 10),
    passage('e2', 't001', 0.5, 10),
  ];
  const [from, to] = [join(folder, 'assignments'), join(folder, 'record_themes')];
  await writeTable(from, assignmentsSchema, 'assignments', rows, () => 0);
  await writeRecordThemes(to, from, () => 0);
  const found: unknown[] = [];
  for await (const { rows: count, columns } of scan(await openTable(to)))
    for (let i = 0; i < count; i++) {
      const [id, theme, share, passages] = ['_id', '_theme', '_share', '_passages'].map(
        (name) => columns[name]![i],
      );
      found.push([id, theme, Number(Number(share).toFixed(3)), Number(passages)]);
    }
  assert.deepEqual(found, [
    ['a', 't002', 0.714, 3],
    ['b', 't003', 0.02, 2],
    ['c', 'noise', 1, 1],
    ['d', null, 1, 1],
    ['e', 't001', 0.5, 2],
  ]);
});
