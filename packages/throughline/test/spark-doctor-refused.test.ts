/** A cluster without Delta, on which no program may be started: its shell ends before it does. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { sparkConnect } from '../../../engines/spark-connect.ts';
import type { CheckResult } from '../src/doctor/doctor.ts';
import { complaints, toCsv } from './complaints.ts';
import { project } from './project.ts';

/** What bash does before its command. It reads to the end: of a closed stream Spark would tell, and of nothing else. */
const REFUSE = `case "$BASH_EXECUTION_STRING" in *uname*)
  echo "no programs here" >&2; cat >/dev/null; exit 126
esac
`;
const folder = await mkdtemp(join(tmpdir(), 'spark-doctor-refused-'));
process.env.BASH_ENV = join(folder, 'refuse.sh');
await writeFile(process.env.BASH_ENV, REFUSE);
const server = await sparkConnect({
  'spark.sql.extensions': '',
  'spark.sql.catalog.spark_catalog': 'builtin',
});
delete process.env.BASH_ENV;
after(async () => {
  if (server.ok) await server.stop();
  await rm(folder, { recursive: true, force: true });
});
const skip = server.ok ? false : server.reason;

test('what the cluster lacks is said, each with what to do', { skip }, async (t) => {
  const url = server.ok ? server.url : '';
  const { run } = await project(t, toCsv(complaints(5)), { engine: { spark: url } });
  const { code, json } = await run<{ checks: CheckResult[] }>('doctor', '--json');
  assert.equal(code, 69);
  const bad = json.checks.filter(({ ok }) => !ok);
  assert.deepEqual(
    bad.map(({ check }) => check),
    ['delta', 'transform'],
  );
  const [delta, transform] = bad as [CheckResult, CheckResult];
  assert.match(delta.message, /UNSUPPORTED_DATASOURCE_FOR_DIRECT_QUERY/);
  assert.match(delta.hint!, /package of Delta Lake and two settings/);
  // Spark may miss what a program says at its end.
  assert.match(transform.message, /does not work: bash ended with 126: (no programs here|it said nothing)$/);
  assert.match(transform.hint!, /"Where TRANSFORM is refused" in docs\/spark\.md/);
  assert.equal(json.checks.at(-1)!.check, 'memory', 'there is no worker to ask for');
});
