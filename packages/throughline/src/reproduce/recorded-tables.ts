/** The tables that a run left, at the versions that it recorded. */
import { DeltaError, missingFile, openTable, type Snapshot } from '@throughline/delta';
import { EXIT, ThroughlineError } from '../error.ts';
import { BUILD_TABLES, type Build, type BuildTable, existingBuild } from '../lake/build.ts';
import { LakeDamagedError } from '../lake/errors.ts';
import type { Lake } from '../lake/lake.ts';
import { committedPositions } from '../lake/stream-commit.ts';
import { isMark } from '../source/copy-marks.ts';

/** Throws, before any work, with exit code 66 where a version, or a file of it, is gone, and 64 where a stream had a part in the tables. */
export async function recordedTables(
  lake: Lake,
  run: string,
  { build: digest, tables: versions }: { build: string; tables: Record<BuildTable, number> },
): Promise<Build> {
  const build = await existingBuild(lake, digest).catch((error) => {
    if (error instanceof LakeDamagedError) throw gone(run, `the build ${digest}`, error);
    throw error;
  });
  const tables = { ...build.tables };
  for (const table of BUILD_TABLES) {
    const what = `version ${versions[table]} of ${table}`;
    tables[table] = await atVersion(tables[table], versions[table]).catch((error) => {
      if (error instanceof DeltaError && error.code === 'VERSION_NOT_FOUND') throw gone(run, what, error);
      throw error;
    });
    const file = await missingFile(tables[table]);
    if (file !== undefined) throw gone(run, `${what} (its file ${file})`);
  }
  const recorded = { ...build, tables };
  const [stream] = [...committedPositions(lake.pipeline.id, recorded).keys()].filter((name) => !isMark(name));
  if (stream !== undefined) throw streamed(run, stream);
  return recorded;
}

function streamed(run: string, stream: string): ThroughlineError {
  return new ThroughlineError(`the tables of ${run} are of ${stream}, whose changes came one by one`, {
    code: 'not_reproducible',
    exitCode: EXIT.usage,
    hint: 'What they held then is there, at their versions: throughline lake history',
  });
}

function atVersion({ root }: Snapshot, version: number): Promise<Snapshot> {
  return openTable(root, { version });
}

function gone(run: string, what: string, cause?: unknown): ThroughlineError {
  return new ThroughlineError(`there is nothing to compare with: ${what} is gone`, {
    code: 'version_gone',
    exitCode: EXIT.noInput,
    hint: `Old versions go with throughline lake vacuum, and with time. throughline runs pin ${run} would have kept it.`,
    cause,
  });
}
