/** The tracked record of a run: one row when it starts, one when it ends. A run without an end was killed. */
import { scan } from '@throughline/delta';
import { appendRows } from '../lake/append-rows.ts';
import type { Lake } from '../lake/lake.ts';
import { lakePath } from '../lake/lake-path.ts';
import { runsSchema } from '../lake/schemas.ts';
import { tableIfThere } from '../lake/table-if-there.ts';

export interface RunEntry {
  run: string;
  command: string;
  status: 'running' | 'done' | 'failed' | 'interrupted';
  /** Milliseconds since 1970 UTC. */
  started: number;
  ended?: number;
  build?: string;
  sourceToken?: string | undefined;
  /** Config digest, versions of packages, model and tables, counts, seconds, error. */
  manifest: Record<string, unknown>;
}

export async function recordRun(lake: Lake, entry: RunEntry, clock: () => number): Promise<void> {
  const { run, command, status, started, ended, build, sourceToken, manifest } = entry;
  const cells = [
    ...[run, command, status, micros(started), ended === undefined ? null : micros(ended)],
    ...[build ?? null, sourceToken ?? null, JSON.stringify(manifest)],
  ];
  await appendRows(lake, [cells], { table: 'runs', schema: runsSchema, clock });
}

/** The latest state of each run, newest first. */
export async function listRuns(lake: Lake): Promise<RunEntry[]> {
  const snapshot = await tableIfThere(lakePath(lake.root, 'runs'));
  const runs = new Map<string, RunEntry>();
  if (!snapshot) return [];
  for await (const { rows, columns } of scan(snapshot)) {
    const cell = (name: string, i: number) => (columns[name] as ArrayLike<unknown>)[i];
    for (let i = 0; i < rows; i++) {
      const ended = cell('ended', i);
      const [build, sourceToken] = [cell('build', i), cell('source_token', i)];
      const entry: RunEntry = {
        run: String(cell('run', i)),
        command: String(cell('command', i)),
        status: cell('status', i) as RunEntry['status'],
        started: Number(cell('started', i)) / 1000,
        ...(ended === null ? {} : { ended: Number(ended) / 1000 }),
        ...(build === null ? {} : { build: String(build) }),
        ...(sourceToken === null ? {} : { sourceToken: String(sourceToken) }),
        manifest: JSON.parse(String(cell('manifest', i))),
      };
      if (entry.status !== 'running' || !runs.has(entry.run)) runs.set(entry.run, entry);
    }
  }
  return [...runs.values()].sort((a, b) => b.started - a.started);
}

function micros(millis: number): bigint {
  return BigInt(Math.round(millis)) * 1000n;
}
