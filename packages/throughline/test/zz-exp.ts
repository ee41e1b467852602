import { mkdtemp, rm, writeFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { sparkConnect } from '../../../engines/spark-connect.ts';
import { run } from './cli.ts';
import { readBuild } from './tables.ts';

export const server = await sparkConnect(JSON.parse(process.env.CONF ?? '{}'));
if (!server.ok) throw new Error(server.reason);
export const url = server.url;
const CONFIG = {
  name: 'exp',
  source: { type: 'csv', path: 'data.csv', id: 'complaint_id', text: 'narrative', timestamp: 'date_received', attributes: ['product'] },
  chunk: { by: 'date_received', every: '1y' },
  embed: { model: 'hash', dimension: 64 },
  lake: './lake',
};
export async function made(files: Record<string, string | Buffer>, change: any = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'tl-exp-'));
  for (const [name, data] of Object.entries(files)) { await mkdir(dirname(join(folder, name)), { recursive: true }); await writeFile(join(folder, name), data); }
  const { source, ...rest } = change;
  await writeFile(join(folder, 'throughline.yaml'), JSON.stringify({ ...CONFIG, ...rest, source: { ...CONFIG.source, ...source } }));
  return { folder, lake: join(folder, 'lake'), run: (...args: string[]) => run<any>(args, { cwd: folder }) };
}
export async function tables(lake: string) {
  try {
    const { records, passages, dead_letters } = await readBuild(lake) as any;
    const plain = (rows: any[]) => rows.map((r) => JSON.stringify(r, (k, v) => ['_attempt', '_run', '_seen', '_embedding'].includes(k) ? undefined : Object.is(v, -0) ? '-0' : typeof v === 'bigint' ? String(v) : v)).sort();
    return { records: plain(records), passages: plain(passages), dead: plain(dead_letters) };
  } catch (e) { return { records: [], passages: [], dead: [], error: String(e) }; }
}
export async function both(name: string, files: Record<string, string | Buffer>, change: any = {}, args: string[] = []) {
  const t0 = Date.now();
  const local = await made(files, { ...change, engine: 'local' });
  const spark = await made(files, { ...change, engine: { spark: url } });
  const a = await local.run('run', '--only', 'map', '--json', ...args);
  const b = await spark.run('run', '--only', 'map', '--json', ...args);
  const brief = (r: any) => r.json?.error ? `${r.code} ${r.json.error.code}: ${r.json.error.message.slice(0, 400)} | ${r.json.error.hint}` : `${r.code} ${JSON.stringify({ rec: r.json?.records, pas: r.json?.passages, dead: r.json?.deadLetters, rows: r.json?.sourceRows, filt: r.json?.filtered, chunks: r.json?.chunks, failures: r.json?.failures?.map((f: any) => f.message.slice(0, 300)) })}${r.json ? '' : r.stderr.slice(0, 600)}`;
  console.log(`\n=== ${name} (${Date.now() - t0} ms)\nlocal ${brief(a)}\nspark ${brief(b)}`);
  const [l, s] = [await tables(local.lake), await tables(spark.lake)];
  for (const t of ['records', 'passages', 'dead'] as const) {
    const [x, y] = [l[t], s[t]];
    if (JSON.stringify(x) === JSON.stringify(y)) { console.log(`  ${t}: same (${x.length})`); continue; }
    console.log(`  ${t}: DIFFER ${x.length} / ${y.length}`);
    for (const one of x.filter((r: string) => !y.includes(r)).slice(0, 3)) console.log('    local', one.slice(0, 400));
    for (const one of y.filter((r: string) => !x.includes(r)).slice(0, 3)) console.log('    spark', one.slice(0, 400));
  }
  // digests
  await writeFile(join(spark.folder, 'throughline.yaml'), JSON.stringify({ ...CONFIG, ...change, engine: 'local', source: { ...CONFIG.source, ...change.source } }));
  const plan = await spark.run('plan', '--json', ...args);
  console.log('  local would run again:', plan.json?.due?.chunks, 'of', plan.json?.chunks?.length);
  return { local, spark, a, b };
}
export async function done() { await server.stop(); process.exit(0); }
