/** A pipeline that has run, made once for the tests of a file: each goes on from a copy of its own. */
import assert from 'node:assert/strict';
import { cp } from 'node:fs/promises';
import { after, type TestContext } from 'node:test';
import type { RunResult } from '../src/run/index.ts';
import type { Ran } from './cli.ts';
import { type ConfigChange, type Project, project } from './project.ts';

export interface Begun {
  /** As the run left it: for tests that change nothing. */
  made: Project;
  first: Ran<RunResult>;
  /** Its source is another file than the one that was read, so the next run reads it. */
  copy(t: Pick<TestContext, 'after'>): Promise<Project>;
}

/**
 * To be called where the file is loaded, which awaits nothing after its first test: node runs the hooks of a file whose tests
 * so far have ended. The run is made when it is first asked for, and has to end with 0.
 */
export function begun(
  data: string,
  change: ConfigChange = {},
  args: readonly string[] = ['run', '--json'],
): () => Promise<Begun> {
  const cleanups: (() => unknown)[] = [];
  after(async () => {
    for (const cleanup of cleanups) await cleanup();
  });
  const make = async (): Promise<Begun> => {
    const made = await project({ after: (work: () => unknown) => cleanups.push(work) }, data, change);
    const first = await made.call(...args);
    assert.equal(first.code, 0, first.stderr);
    const copy: Begun['copy'] = async (t) => {
      const other = await project(t, undefined, change);
      await cp(made.folder, other.folder, { recursive: true, preserveTimestamps: true });
      return other;
    };
    return { made, first, copy };
  };
  let begin: Promise<Begun> | undefined;
  return () => {
    begin ??= make();
    return begin;
  };
}
