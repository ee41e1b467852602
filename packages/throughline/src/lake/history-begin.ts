/**
 * What a build had of its source when its stream was begun, in a file of the lake (`histories/BUILD.json`): chunks that were published since
 * are copies beside the stream, which gives whatever changed in them, and need not be made again.
 */
import type { Build } from './build.ts';
import { readJson, replaceJson } from './json-file.ts';
import type { Lake } from './lake.ts';
import { lakePath } from './lake-path.ts';
import { committedAttempt, publishedAttempt, publishedChunks } from './publish.ts';

interface HistoryBegin {
  stream: string;
  /** Of each chunk that was published, the attempt. */
  attempts: Record<string, number>;
}

/** To be called before the stream has its first position. */
export async function noteBegin(lake: Lake, build: Build, stream: string): Promise<void> {
  const attempts = Object.fromEntries(publishedChunks(lake.pipeline.id, build));
  await replaceJson(fileOf(lake, build), { stream, attempts } satisfies HistoryBegin);
}

/** Whether a chunk, as the tables of `build` say, was published as a whole since the stream was begun. */
export async function copiedSinceBegin(
  lake: Lake,
  build: Build,
  stream: string,
): Promise<(chunk: string) => boolean> {
  const begin = await readJson<HistoryBegin>(fileOf(lake, build));
  if (begin?.stream !== stream) return () => false;
  return (chunk) => {
    const attempt = publishedAttempt(lake.pipeline.id, build, chunk);
    // Killed between two tables, a publication has reached one of them.
    const isWhole = attempt === committedAttempt(lake.pipeline.id, build, chunk);
    return isWhole && attempt > (begin.attempts[chunk] ?? 0);
  };
}

function fileOf({ root }: Lake, { info }: Build): string {
  return lakePath(root, 'histories', `${info.digest}.json`);
}
