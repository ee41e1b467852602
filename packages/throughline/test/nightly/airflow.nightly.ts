/** Three intervals on both Airflows, and a scheduler that is killed while its tasks work. */
import assert from 'node:assert/strict';
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type Airflow, airflow } from '../../../../engines/airflow.ts';
import { freePort } from '../../../../engines/free-port.ts';
import { assertSameLake } from '../same-lake.ts';
import { SCHEDULE, scheduled, weekly } from '../scheduled.ts';

async function airflowFor(
  t: TestContext,
  major: 2 | 3,
  ...providers: string[]
): Promise<Airflow | undefined> {
  const engine = await airflow(major, providers);
  if (!engine.ok) t.skip(engine.reason);
  else {
    t.after(engine.stop);
    return engine;
  }
}

for (const major of [2, 3] as const)
  test(`Airflow ${major}: three intervals, one after the other, give what one run gives`, async (t) => {
    const there = await airflowFor(t, major);
    if (!there) return;
    const rows = weekly(20).map((row, i) => ({ ...row, product: `{{ ${i % 3} }} "$HOME" \`id\`` }));
    const one = await scheduled(t, there, rows);
    await one.write();
    for (const day of ['2024-01-08', '2024-01-15', '2024-01-22']) {
      await one.runUntil(day);
      assert.equal(there.state(one.dag), 'success');
    }
    const whole = await scheduled(t, there, rows);
    assert.equal((await whole.made.run('run', '--json')).code, 0);
    assert.deepEqual(await countsOf(one), await countsOf(whole));
    // Nothing is due: the tasks that would map are skipped, and the rest looks.
    await one.runUntil('2024-01-22');
    assert.deepEqual(
      there.tasks(one.dag).map(({ task, state }) => `${task} ${state}`),
      ['alert skipped', 'check success', 'index success', 'map skipped', 'plan success', 'themes success'],
    );
  });

const countsOf = async ({ made }: Awaited<ReturnType<typeof scheduled>>) =>
  (await made.run<{ counts: unknown }>('status', '--json')).json.counts;

test('values of the source that look like templates and shell reach the tasks as they are', async (t) => {
  const there = await airflowFor(t, 3);
  if (!there) return;
  const values = ['{{ 7 * 7 }}', '"; touch gone; "', '$(touch gone)', "it's\nnew"];
  const rows = weekly(8).map((row, i) => ({ ...row, product: values[i % values.length]! }));
  const one = await scheduled(t, there, rows, { chunk: { by: 'product' } });
  await one.write();
  await one.runUntil('2024-01-08');
  assert.equal(there.state(one.dag), 'success');
  const { chunks } = (await one.made.run<{ chunks: { chunk: string }[] }>('status', '--json')).json;
  assert.deepEqual(chunks.map(({ chunk }) => chunk).sort(), values.map((value) => `v:${value}`).sort());
});

test('the scheduler is killed while a task maps: the task runs twice, and the tables are right', async (t) => {
  const there = await airflowFor(t, 3);
  if (!there) return;
  const rows = weekly(400);
  const embed = { embed: { model: 'minilm' }, schedule: { ...SCHEDULE, groups: 1, retries: 5 } };
  const one = await scheduled(t, there, rows, embed);
  await one.write();
  const parts = await running(t, there);
  await until('the DAG is known', async () => (await there.call('dags', 'list')).includes(one.dag));
  await there.call('dags', 'unpause', one.dag);
  const day = '2024-01-08T06:00:00+00:00';
  await there.call('backfill', 'create', '--dag-id', one.dag, '--from-date', day, '--to-date', day);
  await until('a task maps', async () => mapping(one.made.folder).length > 0, 180);
  await sleep(2_000);
  const before = mapping(one.made.folder);
  // With all that it has started, but what the task has: that is in a session of its own.
  process.kill(-parts.scheduler.pid!, 'SIGKILL');
  await once(parts.scheduler, 'exit');
  assert.deepEqual(mapping(one.made.folder), before, 'what the task has started goes on');
  parts.startScheduler();
  await until('the run ends', async () => ['success', 'failed'].includes(there.state(one.dag) ?? ''), 400);
  assert.equal(there.state(one.dag), 'success', JSON.stringify(there.tasks(one.dag)));
  const tries = there.tasks(one.dag).find(({ task }) => task === 'map')!.tries;
  assert.ok(tries > 1, 'the task was tried again');

  const undisturbed = await scheduled(t, there, rows, embed);
  assert.equal((await undisturbed.made.run('run', '--json')).code, 0);
  await assertSameLake(one.made, undisturbed.made);
});

/** Processes that map chunks of the project. */
function mapping(folder: string): string[] {
  const lines = execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' }).split('\n');
  return lines.filter(
    (line) => line.includes('--only map') && line.includes('throughline.js') && line.includes(folder),
  );
}

/** `isSo` may take its time. */
async function until(what: string, isSo: () => Promise<boolean>, seconds = 120): Promise<void> {
  for (let waited = 0; !(await isSo()); waited++) {
    if (waited >= seconds) throw new Error(`${what}: not after ${seconds} s`);
    await sleep(1_000);
  }
}

/** The parts of an Airflow, each a process of its own; stopped at the end of the test. */
async function running(
  t: TestContext,
  { env, program }: Airflow,
): Promise<{ scheduler: ChildProcess; startScheduler: () => void }> {
  const port = await freePort();
  const settings = {
    ...env,
    AIRFLOW__API__PORT: String(port),
    AIRFLOW__API__HOST: '127.0.0.1',
    AIRFLOW__API__WORKERS: '1',
    AIRFLOW__API_AUTH__JWT_SECRET: 'only-for-this-test-and-long-enough-for-any-check-of-it-0123456789abcdef',
    AIRFLOW__CORE__EXECUTION_API_SERVER_URL: `http://127.0.0.1:${port}/execution/`,
    AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS: 'True',
    AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT: '15',
    AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL: '5',
    AIRFLOW__SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL: '5',
    AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL: '5',
  };
  const log = openSync(join(env.AIRFLOW_HOME!, 'parts.log'), 'a');
  const start = (part: string) => {
    const child = spawn(program, [part], { env: settings, stdio: ['ignore', log, log], detached: true });
    t.after(async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      process.kill(-child.pid!, 'SIGTERM');
      const timer = setTimeout(() => process.kill(-child.pid!, 'SIGKILL'), 15_000);
      await ended;
      clearTimeout(timer);
    });
    return child;
  };
  start('api-server');
  await until('the API answers', async () =>
    fetch(`http://127.0.0.1:${port}/api/v2/version`).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  start('dag-processor');
  const scheduler = start('scheduler');
  return { scheduler, startScheduler: () => void start('scheduler') };
}

test('in pods: the DAG is read, and exit codes mean the same', async (t) => {
  const there = await airflowFor(t, 3, 'apache-airflow-providers-cncf-kubernetes==10.25.0');
  if (!there) return;
  const one = await scheduled(t, there, weekly(4));
  const file = join(there.dags, 'pods.py');
  const written = await one.made.run(
    'airflow',
    '--out',
    file,
    '--image',
    'registry.example.org/throughline:1',
  );
  assert.equal(written.code, 0, written.stderr);
  const { stdout } = await promisify(execFile)(there.python, ['-c', ENDED, file], { env: there.env });
  assert.deepEqual(JSON.parse(stdout.trim().split('\n').at(-1)!), {
    ...{ '65': 'AirflowFailException', '78': 'AirflowFailException' },
    ...{ '75': 'AirflowException', '137': 'AirflowException', '99': 'AirflowSkipException' },
  });
});

/** What a task raises for a pod that has ended with each code; nothing asks a cluster. */
const ENDED = `
import importlib.util, json, sys
from airflow.exceptions import AirflowException
from kubernetes.client import models as k8s
spec = importlib.util.spec_from_file_location("dag", sys.argv[1])
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
task = module.dag.get_task("check")
task.is_istio_enabled = lambda pod: False
for name in ("process_pod_deletion", "patch_already_checked", "_read_pod_events", "_read_pod_container_states"):
    setattr(task, name, lambda *args, **named: None)
raised = {}
for code in (65, 75, 78, 99, 137):
    ended = k8s.V1ContainerState(terminated=k8s.V1ContainerStateTerminated(exit_code=code))
    base = k8s.V1ContainerStatus(name="base", image="i", image_id="i", ready=False, restart_count=0, state=ended)
    status = k8s.V1PodStatus(phase="Failed", container_statuses=[base])
    pod = k8s.V1Pod(metadata=k8s.V1ObjectMeta(name="p"), status=status)
    try:
        task.cleanup(pod, pod)
    except AirflowException as error:
        raised[code] = type(error).__name__
print(json.dumps(raised))
`;
