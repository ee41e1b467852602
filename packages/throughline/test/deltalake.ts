/** The tables as Python's deltalake reads them. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pythonVenv } from '../../../engines/python-venv.ts';

/** The environment of packages/delta's tests. */
export const engine = await pythonVenv(['deltalake==1.6.6', 'pyarrow==26.0.1']);
/** For `test`: the reason why deltalake is not there, or false. */
export const skip = engine.ok ? false : engine.reason;

const execute = promisify(execFile);

export async function deltalake<T>(command: 'digest' | 'check' | 'compare', ...args: string[]): Promise<T> {
  if (!engine.ok) throw new Error(engine.reason);
  const script = join(import.meta.dirname, 'lake_rows.py');
  // What delta-rs needs to be told of its own accord, where the tables are in S3: that plain HTTP is meant.
  const env = { ...process.env, AWS_ALLOW_HTTP: 'true' };
  const { stdout } = await execute(engine.python, [script, command, ...args], { maxBuffer: 1 << 26, env });
  return JSON.parse(stdout) as T;
}
