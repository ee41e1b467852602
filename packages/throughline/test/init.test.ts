/** `init` -> `run` -> `search` with no edit, over files of many shapes; and what it says of those that are none. */
import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { parse } from 'yaml';
import { loadConfig } from '../src/config/index.ts';
import { initPipeline } from '../src/init/index.ts';
import { planPipeline } from '../src/run/plan.ts';
import { complaints, toCsv } from './complaints.ts';
import { project } from './project.ts';

interface Initiated {
  config: string;
  rows: number;
  chosen: {
    id?: string;
    text: string[];
    timestamp?: { column: string; format?: string };
    attributes: { name: string }[];
  };
  questions: string[];
}

const TEXTS = [
  'The card was charged twice for one purchase, and nobody called me back.',
  'My loan application is "under review" since March; what is going on?',
  'They closed the account without a word, naïve as I was.',
  'Late fees, again, although I paid on the first of the month!',
];
const rows = Array.from({ length: 60 }, (_, i) => ({
  ref: `R-${i}`,
  subject: `Case ${i % 7} of ${['card', 'loan', 'account', 'fee'][i % 4]}`,
  message: `${TEXTS[i % 4]} (${i})`,
  kind: ['card', 'loan', 'account', 'fee'][i % 4]!,
  day: new Date(Date.UTC(2024, i % 12, (i % 28) + 1)),
}));
const iso = (day: Date) => day.toISOString().slice(0, 10);
const german = (day: Date) => `${day.getUTCDate()}.${day.getUTCMonth() + 1}.${day.getUTCFullYear()}`;
const quoted = (cells: string[]) => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`);
const table = (delimiter: string, cells: (row: (typeof rows)[0]) => string[], header?: string[]) =>
  `${[...(header ? [header] : []), ...rows.map((row) => quoted(cells(row)))].map((line) => line.join(delimiter)).join('\n')}\n`;

const HEADER = ['ref', 'subject', 'message', 'kind', 'day'];
const all = (date: (day: Date) => string) => (row: (typeof rows)[0]) => [
  row.ref,
  row.subject,
  row.message,
  row.kind,
  date(row.day),
];
const jsonl = `${rows.map((row) => JSON.stringify({ ...row, day: row.day.getTime() / 1000, tags: ['a'] })).join('\n')}\n`;

const SHAPES: [file: string, data: string | Buffer, text: string[], timestamp: string | undefined][] = [
  ['comma.csv', table(',', all(iso), HEADER), ['subject', 'message'], 'day'],
  ['semicolon.csv', table(';', all(german), HEADER), ['subject', 'message'], 'day'],
  ['tab.tsv', table('\t', all(iso), HEADER), ['subject', 'message'], 'day'],
  ['headerless.csv', table(',', (row) => [row.kind, row.message]), ['column2'], undefined],
  ['mark.csv', `\ufeff${table(',', all(iso), HEADER)}`, ['subject', 'message'], 'day'],
  [
    'wide.csv',
    Buffer.from(`\ufeff${table(',', all(iso), HEADER)}`, 'utf16le'),
    ['subject', 'message'],
    'day',
  ],
  ['latin.csv', Buffer.from(table(';', all(german), HEADER), 'latin1'), ['subject', 'message'], 'day'],
  ['packed.csv.gz', gzipSync(table(';', all(german), HEADER)), ['subject', 'message'], 'day'],
  ['lines.jsonl.zst', zstdCompressSync(jsonl), ['subject', 'message'], 'day'],
  ['lines.jsonl', jsonl, ['subject', 'message'], 'day'],
  ['lines.json', jsonl.replaceAll('\n', '\r\n'), ['subject', 'message'], 'day'],
];

const EFFECTS = { tell: () => {}, preview: () => {}, person: undefined };

for (const [file, data, text, timestamp] of SHAPES)
  test(`init reads ${file} as it is, and a plan has every row`, async (t) => {
    const { folder, write } = await project(t, undefined);
    await write(file, data);
    const {
      looked,
      chosen,
      file: config,
    } = await initPipeline(
      { files: [join(folder, file)], out: folder, lake: './lake', columns: {}, force: true },
      EFFECTS,
    );
    assert.deepEqual([looked.rows, chosen.text, chosen.timestamp?.column], [60, text, timestamp]);
    const plan = await planPipeline(await loadConfig(config));
    assert.deepEqual([plan.sourceRows, plan.due.rows], [60, 60]);
  });

test('a folder of partitions is its files, with the columns of their folders', async (t) => {
  const { folder } = await project(t, undefined);
  for (const [i, kind] of ['card', 'loan', 'account', 'fee'].entries()) {
    const place = join(folder, 'exports', `kind=${kind}`, `day=2024-0${i + 1}-15`);
    await mkdir(place, { recursive: true });
    const own = rows
      .filter((row) => row.kind === kind)
      .map((row) => quoted([row.ref, row.message]).join(','));
    await writeFile(join(place, 'part.csv'), `${['Row,message', ...own].join('\n')}\n`);
  }
  await mkdir(join(folder, 'exports', 'old'));
  await writeFile(join(folder, 'exports', 'old', 'kept.csv'), 'Row,message,kind,day\n');
  const { looked, chosen, file } = await initPipeline(
    { files: [join(folder, 'exports')], out: folder, lake: './lake', columns: {}, force: true },
    EFFECTS,
  );
  const { config, ...loaded } = await loadConfig(file);
  assert.deepEqual(
    [looked.rows, config.source.path, chosen.timestamp?.column, config.source.attributes],
    [60, 'exports/*=*/**/*.csv', 'day', ['kind']],
  );
  // A name that a query might take for its own.
  const seen = looked.columns.find(({ name }) => name === 'Row')!.examples;
  assert.ok(seen.length > 0 && seen.every((value) => rows.some(({ ref }) => ref === value)));
  const plan = await planPipeline({ config, ...loaded });
  assert.deepEqual([plan.sourceRows, plan.due.rows], [60, 60]);
});

test('init, run and search of real complaints with no edit; the config says why', async (t) => {
  const made = await project(t, undefined);
  await made.write('data.csv', toCsv(complaints(40)));
  const { code, json } = await made.run<Initiated>('init', '--force', '--json', '--out', '.');
  assert.equal(code, 0);
  assert.deepEqual(
    [json.chosen.id, json.chosen.text, json.chosen.timestamp?.column],
    ['complaint_id', ['narrative'], 'date_received'],
  );
  const text = await readFile(join(made.folder, 'throughline.yaml'), 'utf8');
  assert.match(text, /name: data\n/);
  assert.match(text, /attributes: +# kept, shown, to filter by/);
  assert.ok((await loadConfig(json.config)).config.source.attributes.length > 0);
  const ran = await made.call('run', '--json');
  assert.deepEqual([ran.code, ran.json.records, ran.json.deadLetters], [0, 40, 0], ran.stderr);
  const found = await made.call<{ hits: unknown[] }>('search', 'a late fee', '--limit', '3', '--json');
  assert.equal(found.json.hits.length, 3);
});

test('times in seconds give records, and a header that DuckDB cannot read is told', async (t) => {
  const made = await project(t, undefined);
  const seconds = (row: (typeof rows)[0]) => [row.ref, row.message, `${row.day.getTime() / 1000}.0`];
  await made.write('2024.csv', table(',', seconds, ['ref', 'message', 'created']));
  const { code, json, stderr } = await made.call<Initiated>('init', '2024.csv', '--force', '--yes', '--json');
  assert.deepEqual([code, json.chosen?.timestamp?.format], [0, 'X'], stderr);
  const ran = await made.call('run', '--only', 'map', '--json');
  assert.deepEqual([ran.json.records, ran.json.deadLetters], [60, 0], ran.stderr);
  await made.write('excel.csv', `id,"comment\n(optional)"\r\n1,"It broke, and nobody came."\r\n`);
  const mixed = await made.call('init', 'excel.csv', '--force', '--yes');
  assert.deepEqual([mixed.code, /line break of another kind/.test(mixed.stderr)], [65, true]);
});

test('flags choose, a config that is there stays, and what cannot be known is a question', async (t) => {
  const made = await project(t, undefined);
  const same = table(',', (row) => [row.ref, row.message, `0${(row.day.getUTCMonth() % 9) + 1}/02/2024`], [
    'ref',
    'message',
    'when',
  ]);
  await made.write('same.csv', same);
  const kept = await made.call('init', 'same.csv', '--yes');
  assert.equal(kept.code, 73);
  assert.match(kept.stderr, /throughline\.yaml is there already\n.*--force/);
  const flagged = await made.call<Initiated>(
    ...['init', 'same.csv', '--id', 'none', '--text', 'message', '--attributes', 'none'],
    ...['--name', 'mine', '--lake', 's3://bucket/mine', '--out', 'pipelines/mine', '--json'],
  );
  assert.equal(flagged.code, 0, flagged.stderr);
  assert.match(flagged.json.questions[0]!, /when written as M\/d\/yyyy or as d\/M\/yyyy/);
  const config = parse(await readFile(join(made.folder, 'pipelines/mine/throughline.yaml'), 'utf8'));
  assert.deepEqual(config.source, {
    ...{ type: 'csv', path: '../../same.csv', text: 'message', timestamp: 'when', format: 'M/d/yyyy' },
  });
  assert.deepEqual([config.name, config.lake], ['mine', 's3://bucket/mine']);
  const wrong = await made.call('init', 'same.csv', '--force', '--text', 'mesage');
  assert.deepEqual([wrong.code, /did you mean "message"/.test(wrong.stderr)], [64, true]);
});

test('what is no source says what it is and what to do', async (t) => {
  const made = await project(t, undefined);
  await made.write('list.json', JSON.stringify(rows));
  await made.write('book.xlsx', Buffer.from('PK\x03\x04rest'));
  await made.write('packed.csv', gzipSync('a,b'));
  await made.write('cut.csv.gz', gzipSync('a,b'.repeat(1000)).subarray(0, 20));
  await made.write('numbers.csv', 'a,b\n1,2\n3,4\n');
  const says = async (file: string) => {
    const { code, stderr } = await made.call('init', file, '--force', '--yes');
    return `${code} ${stderr}`;
  };
  assert.match(await says('list.json'), /^65 .*is one JSON list[\s\S]*jq -c/);
  assert.match(await says('book.xlsx'), /^65 .*Excel/);
  assert.match(await says('packed.csv'), /^65 .*gzip[\s\S]*\.gz/);
  assert.match(await says('cut.csv.gz'), /^65 .*cut off/);
  assert.match(await says('numbers.csv'), /^65 [\s\S]*no column looks like text/);
  assert.match(await says('none.csv'), /^66 /);
  await mkdir(join(made.folder, 'data'));
  await writeFile(join(made.folder, 'data', 'a.csv'), 'a,b\n1,2\n');
  const several = await made.call('init', '--force');
  assert.deepEqual(
    [several.code, /several files: .*numbers\.csv.*data\/a\.csv/.test(several.stderr)],
    [64, true],
  );
});
