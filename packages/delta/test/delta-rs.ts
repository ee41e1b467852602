/** deltalake (delta-rs), a process for each question. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pythonVenv } from '../../../engines/python-venv.ts';
import type { Counterpart } from './interop/counterpart.ts';
import type { Row } from './plain.ts';

const engine = await pythonVenv(['deltalake==1.6.6', 'pyarrow==26.0.1']);
/** For `test`: the reason why deltalake is not there, or false. */
export const skip = engine.ok ? false : engine.reason;

const run = promisify(execFile);

/** The answer of a command of delta_rs.py. */
export async function deltalake<T>(command: string, root: string, ...more: string[]): Promise<T> {
  if (!engine.ok) throw new Error(engine.reason);
  const script = join(import.meta.dirname, 'delta_rs.py');
  const { stdout } = await run(engine.python, [script, command, root, ...more], { maxBuffer: 1 << 28 });
  return JSON.parse(stdout) as T;
}

/** It writes a negative fraction as `0.-1`, and a double with all its digits, too long for a folder's name. */
const UNWRITABLE = {
  'decimal(10,2)': ['-0.01'],
  'decimal(38,18)': ['-99999999999999999999.999999999999999999'],
  double: ['1.7976931348623157E308', '4.9E-324'],
};

export const deltaRs: Counterpart = {
  name: 'deltalake',
  skip,
  unwritable: UNWRITABLE,
  read: (root) => deltalake<Row[]>('every', root),
  find: (root, conditions) => deltalake('find', root, JSON.stringify(conditions)),
  judge: (root, conditions) => deltalake('judge', root, JSON.stringify(conditions)),
  copy: (from, to, partitionBy = []) => deltalake('copy', from, to, JSON.stringify(partitionBy)),
  append: (from, to) => deltalake('append_from', from, to),
  remove: (root, where) => deltalake('remove', root, where),
};
