/** A pipeline in a folder of its own, made for one test and removed after it. */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { lakeRootOf } from '../src/lake/lake-path.ts';
import type { RunResult } from '../src/run/index.ts';
import { call } from './call.ts';
import { type Ran, run } from './cli.ts';

/** The config of the demo, with the model that needs no time. Sections are replaced as a whole. */
export const CONFIG = {
  name: 'hostile',
  source: {
    type: 'csv',
    path: 'data.csv',
    id: 'complaint_id',
    text: 'narrative',
    timestamp: 'date_received',
    attributes: ['product', 'issue', 'company', 'state'],
  },
  chunk: { by: 'date_received', every: '1y' },
  embed: { model: 'hash', dimension: 64 },
  lake: './lake',
};

export interface Project {
  folder: string;
  /** An absolute path, or a URL. */
  lake: string;
  write(name: string, data: string | Buffer): Promise<void>;
  /** JSON is YAML. */
  configure(change: ConfigChange): Promise<void>;
  run<T = RunResult>(...args: string[]): Promise<Ran<T>>;
  /** The same without a process of its own; what that is not for says `call.ts`. */
  call<T = RunResult>(...args: string[]): Promise<Ran<T>>;
}

export interface ConfigChange {
  source?: Record<string, unknown>;
  [section: string]: unknown;
}

/** `source` is merged into the usual one; `undefined` takes a key away. */
export async function project(
  t: Pick<TestContext, 'after'>,
  data: string | Buffer | undefined,
  change: ConfigChange = {},
): Promise<Project> {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-test-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await chmod(folder, 0o755);
  const made: Project = {
    folder,
    lake: typeof change.lake === 'string' ? lakeRootOf(folder, change.lake) : join(folder, 'lake'),
    write: (name, text) => writeFile(join(folder, name), text),
    configure: ({ source, ...rest }) =>
      made.write(
        'throughline.yaml',
        JSON.stringify({ ...CONFIG, ...rest, source: { ...CONFIG.source, ...source } }),
      ),
    run: <T>(...args: string[]) => run<T>(args, { cwd: folder }),
    call: <T>(...args: string[]) => call<T>(args, folder),
  };
  await made.configure(change);
  if (data !== undefined) await made.write('data.csv', data);
  return made;
}
