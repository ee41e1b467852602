/** A pipeline with a DAG in an Airflow of its own. */
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Airflow } from '../../../engines/airflow.ts';
import { BIN } from './cli.ts';
import { type Complaint, complaints, toCsv } from './complaints.ts';
import { type ConfigChange, type Project, project } from './project.ts';

/** Mondays of three weeks. */
export const WEEKS = ['2024-01-01', '2024-01-08', '2024-01-15'];

export const SCHEDULE = {
  ...{ cron: '0 6 * * 1', start: WEEKS[0], retryDelay: '1s', retries: 2 },
  ...{ groups: 2, rowsPerTask: 5, parallel: 2 },
};

/** `perWeek` complaints on the days of each week. */
export function weekly(perWeek: number): Complaint[] {
  return complaints(perWeek * WEEKS.length).map((row, i) => {
    const day = new Date(Date.parse(WEEKS[Math.floor(i / perWeek)]!) + (i % 7) * 86_400_000);
    return { ...row, date_received: day.toISOString().slice(0, 10) };
  });
}

export interface Scheduled {
  made: Project;
  dag: string;
  /** Writes the DAG anew, whose tasks call throughline through a script: `before` runs first there. */
  write(before?: string): Promise<string>;
  /** Runs the interval that ends at 6 o'clock of the day, all in one process. */
  runUntil(day: string): Promise<string>;
}

export async function scheduled(
  t: TestContext,
  airflow: Airflow,
  rows: readonly Complaint[],
  change: ConfigChange = {},
): Promise<Scheduled> {
  const dag = 'scheduled';
  const settings = { name: dag, chunk: { by: 'date_received', every: '7d' }, schedule: SCHEDULE };
  const made = await project(t, toCsv(rows), { ...settings, ...change });
  const script = join(made.folder, 'throughline.sh');
  return {
    ...{ made, dag },
    async write(before = '') {
      await writeFile(script, `#!/bin/sh\n${before}\nexec "${process.execPath}" "${BIN}" "$@"\n`);
      await chmod(script, 0o755);
      const out = join(airflow.dags, `${dag}.py`);
      const written = await made.call('airflow', '--out', out, '--command', script);
      if (written.code !== 0) throw new Error(written.stderr);
      return await readFile(out, 'utf8');
    },
    runUntil: (day) => airflow.call('dags', 'test', dag, `${day}T06:00:00+00:00`),
  };
}
