/** A source in files, staged. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { quoteLiteral } from '@throughline/delta';
import type { ChunkRule } from '../../../chunk/plan.ts';
import { parseConfig } from '../../../config/index.ts';
import type { SourceRow } from '../../../mapper/rows.ts';
import { prepare } from '../../../run/prepare.ts';
import { openChunkReader } from '../chunk-rows.ts';
import { openLocalEngine } from '../local-engine.ts';
import { rejectedRows } from '../rejected-rows.ts';
import { openSession } from '../session.ts';
import { stage } from '../stage.ts';

interface Given {
  /** By name: what is in them, or a SELECT whose rows a Parquet file has. */
  files: Record<string, string | { select: string }>;
  source: object;
  more?: object;
  rule?: ChunkRule;
  sample?: number;
}

/** Stages files in a folder of their own and gives all rows, rejects, and what staging says. */
export async function stagedFrom(t: TestContext, { files, source, more, rule, sample }: Given) {
  const directory = await mkdtemp(join(tmpdir(), 'stage[1]-'));
  t.after(() => rm(directory, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    const path = join(directory, name);
    await mkdir(dirname(path), { recursive: true });
    if (typeof content === 'string') await writeFile(path, content);
    else await writeParquet(path, content.select);
  }
  const text = JSON.stringify({ name: 't', source, ...more, embed: { model: 'hash' } });
  const config = parseConfig(text, 'throughline.yaml', { env: {} });
  const loaded = { config, directory, file: 'throughline.yaml' };
  const prepared = await prepare(loaded, openLocalEngine(loaded));
  await using session = await openSession();
  const result = await stage(session, prepared, { rule: rule ?? prepared.rule, sample });
  const rows: SourceRow[] = [];
  const { mapping } = prepared;
  await using reader = openChunkReader(session, { config, mapping, directory });
  for (const { id } of result.chunks) for await (const batch of reader.read(id)) rows.push(...batch.rows);
  const rejects = [];
  for await (const batch of rejectedRows(session)) rejects.push(...batch);
  return { ...result, rows, rejects };
}

async function writeParquet(path: string, select: string): Promise<void> {
  await using session = await openSession();
  await session.query(`COPY (${select}) TO ${quoteLiteral(path)} (FORMAT parquet)`);
}
