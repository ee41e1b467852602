import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { quoteLiteral } from '@throughline/delta';
import { openSession } from '../engine/local/session.ts';
import { parseRecord, readCsvHeader } from './csv-header.ts';

const parse = (text: string, delimiter = ',') => parseRecord(text, { delimiter, quote: '"' }).fields;

test('names are read up to the end of the first record', () => {
  assert.deepEqual(parse('id,text,date\n1,a,b\n'), ['id', 'text', 'date']);
  assert.deepEqual(parse('id,text\r\n1,a'), ['id', 'text']);
  assert.deepEqual(parse('only'), ['only']);
});

test('quotes hold delimiters, line breaks and doubled quotes', () => {
  assert.deepEqual(parse('"a,b","line\nbreak","say ""hi""",x\n'), ['a,b', 'line\nbreak', 'say "hi"', 'x']);
  assert.deepEqual(parse('a;"b;c"\n', ';'), ['a', 'b;c']);
});

test('a byte order mark is not part of a name once decoded', () => {
  assert.deepEqual(parse(new TextDecoder().decode(Buffer.from('\ufeffid,text\n'))), ['id', 'text']);
});

test('a first record is refused where DuckDB would not find the rows behind it, and nowhere else', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-header-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'a.csv');
  await using session = await openSession();
  const breaks = ['\n', '\r\n', '\r'];
  const within = ['', ...breaks, ...breaks.flatMap((one) => breaks.map((other) => `${one}x${other}`))];
  for (const header of [true, false])
    for (const inside of within)
      for (const behind of breaks) {
        await writeFile(path, `id,"a ""b""${inside}c"${behind}1,p${behind}2,q${behind}`);
        const columns = `auto_detect = false, delim = ',', quote = '"', escape = '"', header = ${header}, columns = {'a': 'VARCHAR', 'b': 'VARCHAR'}`;
        const rows = await session
          .query(`SELECT * FROM read_csv(${quoteLiteral(path)}, ${columns})`)
          .catch(() => []);
        const asked = readCsvHeader({ path, name: 'a.csv' }, { delimiter: ',', quote: '"', header });
        const what = JSON.stringify([header, inside, behind]);
        if (rows.length === (header ? 2 : 3)) assert.equal((await asked).length, 2, what);
        else await assert.rejects(asked, /line break of another kind/, what);
      }
});
