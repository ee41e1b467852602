import { readFile } from 'node:fs/promises';
import type { Config } from '../config/index.ts';
import { quoted } from '../quoted.ts';
import { airflowDag } from '../schedule/airflow-dag.ts';
import type { DagState } from './facts.ts';

/**
 * A DAG file against what would be written now. How throughline is called there, in which image, and where the config is, is a matter of the place that
 * the file was written for, and taken from it.
 */
export async function dagState(
  file: string,
  { config, profile, version }: { config: Config; profile: string | undefined; version: string },
): Promise<DagState> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return undefined;
  });
  if (text === undefined) return { file, state: 'missing', options: '' };
  const { schedule } = config;
  const command = literalAfter(text, /^THROUGHLINE = (".*")$/m);
  const configFile = literalAfter(text, /^ {4}"THROUGHLINE_CONFIG": (".*"),$/m);
  const image = literalAfter(text, /^IMAGE = (".*")$/m);
  const given = { command, 'config-there': configFile, image };
  const options = Object.entries(given)
    .flatMap(([name, value]) => (value === undefined ? [] : [` --${name} ${quoted(value)}`]))
    .join('');
  if (schedule === undefined || command === undefined || configFile === undefined)
    return { file, state: 'stale', options };
  const now = airflowDag({ config, schedule, profile, version, command, configFile, image });
  return { file, state: now.trim() === text.trim() ? 'same' : 'stale', options };
}

/** Strings of the file are JSON. */
function literalAfter(text: string, pattern: RegExp): string | undefined {
  const found = pattern.exec(text)?.[1];
  if (found === undefined) return undefined;
  try {
    return String(JSON.parse(found));
  } catch {
    return undefined;
  }
}
