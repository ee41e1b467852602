/**
 * A mark beside a build says of which state of the source it is complete: as long as nothing is written to the source
 * since, there is nothing to read.
 */
import type { ChunkRule } from '../chunk/plan.ts';
import type { Staged } from '../engine/engine.ts';
import { type Build, openBuild } from '../lake/build.ts';
import { buildInfo } from '../lake/build-info.ts';
import { readJson, removeJson, replaceJson } from '../lake/json-file.ts';
import type { Lake } from '../lake/lake.ts';
import { lakePath } from '../lake/lake-path.ts';
import type { Prepared } from './prepare.ts';

export interface SourceMark {
  token: string | undefined;
  sourceRows: number;
  filtered: number;
  chunks: number;
  /** Chunks that are kept though the source no longer has them; absent of an earlier time. */
  vanished?: string[];
}

/** The build and its mark, if it is complete and its source untouched. */
export async function untouchedSource(
  lake: Lake,
  prepared: Prepared,
  rule: ChunkRule,
  sample: number | undefined,
): Promise<{ build: Build; mark: SourceMark } | undefined> {
  const info = buildInfo(prepared.config, rule, prepared, sample);
  const mark = await readJson<SourceMark>(markFile(lake, info.digest));
  const { token } = prepared.files;
  return token !== undefined && mark?.token === token
    ? { build: await openBuild(lake, info), mark }
    : undefined;
}

export async function markSource(
  lake: Lake,
  { files }: Prepared,
  build: Build,
  staged: Staged & { vanished: string[] },
): Promise<void> {
  const { sourceRows, filtered, chunks, vanished } = staged;
  const mark: SourceMark = { token: files.token, sourceRows, filtered, chunks: chunks.length, vanished };
  await replaceJson(markFile(lake, build.info.digest), mark);
}

/** Until the build is complete again, an equal token does not mean that there is nothing to do. */
export async function unmarkSource(lake: Lake, build: Build): Promise<void> {
  await removeJson(markFile(lake, build.info.digest));
}

function markFile(lake: Lake, build: string): string {
  return lakePath(lake.root, 'builds', build, 'source.json');
}
