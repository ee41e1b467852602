/** The lake: Delta tables in one place, and two small files that say whose it is and what is promoted. */
import { openStore } from '@throughline/delta/store';
import type { ChunkRule } from '../chunk/plan.ts';
import { EXIT, ThroughlineError } from '../error.ts';
import { cannotMake } from './errors.ts';
import { createJson, readJson, replaceJson } from './json-file.ts';
import { lakePath } from './lake-path.ts';

export interface Pipeline {
  /** Part of every transaction's id: two lakes never share transactions. */
  id: string;
  name: string;
  /** What the planner chose where the config names no chunks; kept, so that growing data does not move every row. */
  rule?: ChunkRule;
}

/** What readers use. Replaced atomically, never edited in place. */
export interface Current {
  build?: string;
  index?: string;
  themes?: string;
}

export interface Lake {
  /** An absolute path, or `s3://bucket/prefix`: below it paths are made by `lakePath`. */
  root: string;
  pipeline: Pipeline;
}

/** Opens the lake, making it if needed. Throws if another pipeline owns it. */
export async function openLake(root: string, name: string, newId: () => string): Promise<Lake> {
  const file = lakePath(root, 'pipeline.json');
  const pipeline = await createJson<Pipeline>(file, { id: newId(), name }).catch((error) => {
    throw cannotMake(root, error);
  });
  checkOwner({ root, pipeline }, name);
  return { root, pipeline };
}

/** Throws with exit code 78 if another pipeline owns the lake. */
export function checkOwner({ root, pipeline }: Lake, name: string): void {
  if (pipeline.name === name) return;
  throw new ThroughlineError(
    `the lake ${root} belongs to the pipeline "${pipeline.name}", not to "${name}"`,
    {
      code: 'lake_of_another',
      exitCode: EXIT.config,
      hint: 'Give each pipeline a lake of its own (lake: ...), or use the same name.',
    },
  );
}

/** Opens a lake that has to be there, for reading. */
export async function existingLake(root: string): Promise<Lake> {
  const lake = await lakeIfThere(root);
  if (lake) return lake;
  throw new ThroughlineError(`there is no lake at ${root}`, {
    code: 'lake_missing',
    exitCode: EXIT.noInput,
    hint: 'Make it: throughline run',
  });
}

export async function lakeIfThere(root: string): Promise<Lake | undefined> {
  const pipeline = await readJson<Pipeline>(lakePath(root, 'pipeline.json'));
  return pipeline && { root, pipeline };
}

export async function rememberRule(lake: Lake, rule: ChunkRule): Promise<void> {
  lake.pipeline = { ...lake.pipeline, rule };
  await replaceJson(lakePath(lake.root, 'pipeline.json'), lake.pipeline);
}

export async function readCurrent(lake: Lake): Promise<Current> {
  return (await readJson<Current>(lakePath(lake.root, 'current.json'))) ?? {};
}

/** Makes versions the ones that readers use. */
export async function promote(
  lake: Lake,
  change: { [part in keyof Current]: string | undefined },
): Promise<void> {
  await replaceJson(lakePath(lake.root, 'current.json'), { ...(await readCurrent(lake)), ...change });
}

/**
 * Makes an index or themes of `build` the ones that readers use, unless another build has been promoted since: what is
 * promoted always belongs together. Returns whether they are.
 */
export async function promoteDerived(
  lake: Lake,
  build: string,
  change: Omit<Current, 'build'>,
): Promise<boolean> {
  if ((await readCurrent(lake)).build !== build) return false;
  await promote(lake, change);
  return true;
}

/** The promoted build, or an error that says how to get one. */
export async function promotedBuild(lake: Lake): Promise<string> {
  const { build } = await readCurrent(lake);
  if (build !== undefined) return build;
  throw new ThroughlineError(`the lake ${lake.root} has no complete build yet`, {
    code: 'nothing_promoted',
    exitCode: EXIT.noInput,
    hint: 'Finish it: throughline run',
  });
}

/** The promoted build, or the newest one while the first is being made. */
export async function promotedOrNewestBuild(lake: Lake): Promise<string> {
  const { build } = await readCurrent(lake);
  if (build !== undefined) return build;
  const store = openStore(lake.root);
  const names = await store.list('builds');
  const made = await Promise.all(
    names.map(async (name) => (await store.modified(`builds/${name}/build.json`)) ?? 0),
  );
  const newest = names[made.indexOf(Math.max(...made))];
  return newest ?? promotedBuild(lake);
}
