/** A lake, and a publisher that writes a stream's micro-batches into it: for tests. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { scan } from '@throughline/delta';
import { parseConfig } from '../../config/index.ts';
import { openLocalEngine } from '../../engine/local/local-engine.ts';
import { type Build, openBuild, refreshTables } from '../../lake/build.ts';
import { buildInfo } from '../../lake/build-info.ts';
import { type Lake, openLake } from '../../lake/lake.ts';
import { prepare } from '../../run/prepare.ts';
import type { Change } from '../../source/change-feed.ts';
import { type BatchPublisher, openBatchPublisher } from '../batch-publisher.ts';

export interface StreamLake extends AsyncDisposable {
  lake: Lake;
  build: Build;
  /** Chunks that its publishers have told to have other rows. */
  changed: Set<string>;
  /** As a process that starts anew; with a `build` of its own, as one beside others. */
  openPublisher(own?: Build, run?: string): Promise<BatchPublisher>;
  /** The rows of a table, `columns` of each, without an order. */
  rows(table: 'records' | 'passages' | 'dead_letters', columns: readonly string[]): Promise<unknown[][]>;
}

const RULE = { by: 'window', every: '1d', zone: 'UTC' } as const;
const CONFIG = `name: t
source: { type: csv, path: unread.csv, id: id, text: body, timestamp: day, attributes: [product] }
embed: { model: hash, dimension: 8 }
`;

/** In a folder that goes with it, unless one is given: that stays, and may have been begun before. */
export async function streamLake(extra = '', folder?: string): Promise<StreamLake> {
  const directory = folder ?? (await mkdtemp(join(tmpdir(), 'throughline-stream-')));
  const config = parseConfig(`${CONFIG}${extra}`, 'throughline.yaml', { env: {} });
  const loaded = { config, directory, file: 'throughline.yaml' };
  await using engine = openLocalEngine(loaded);
  const findFiles = async () => ({ files: [], token: undefined });
  const prepared = await prepare(loaded, { ...engine, findFiles });
  const lake = await openLake(prepared.lakeRoot, 't', () => 'pipeline');
  const build = await openBuild(lake, buildInfo(config, RULE, prepared, undefined));
  const changed = new Set<string>();
  const effects = {
    changed(chunks: ReadonlySet<string>) {
      for (const chunk of chunks) changed.add(chunk);
    },
    ...{ clock: () => Date.UTC(2024, 5, 1), signal: new AbortController().signal },
    reporter: { rows() {}, warning() {} },
    holding: () => new AbortController().signal,
  };
  return {
    lake,
    build,
    changed,
    openPublisher: (own = build, run = 'r') =>
      openBatchPublisher({ prepared, build: own, pipelineId: 'pipeline', run, ...effects }, RULE, 'id'),
    async rows(table, columns) {
      await refreshTables(build);
      const rows: unknown[][] = [];
      for await (const batch of scan(build.tables[table], { columns: [...columns] }))
        for (let i = 0; i < batch.rows; i++)
          rows.push(columns.map((name) => (batch.columns[name] as unknown[])[i]));
      return rows;
    },
    [Symbol.asyncDispose]: async () => {
      if (folder === undefined) await rm(directory, { recursive: true, force: true });
    },
  };
}

export function upsert(id: string, day: string, body: string, product = 'card'): Change {
  return { kind: 'upsert', row: { id, day, body, product } };
}
