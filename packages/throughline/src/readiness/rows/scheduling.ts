import { quoted } from '../../quoted.ts';
import type { Facts } from '../facts.ts';
import { type Point, point } from '../point.ts';

/** Whether it runs without a person. */
export function scheduling({ config, dag, command }: Facts): Point[] {
  const { schedule } = config;
  if (!schedule)
    return [
      point(false, 'nothing says when it runs', {
        mend: 'schedule: { cron: "0 6 * * *", start: 2024-01-01 }',
      }),
    ];
  const { cron, zone, retries, timeout, start } = schedule;
  const points = [
    point(
      true,
      `schedule: ${cron} (${zone}) from ${start}; a task is tried ${retries + 1} times, ${timeout} at most`,
      {
        command: command('airflow'),
      },
    ),
  ];
  if (!dag)
    return [
      ...points,
      point(true, 'no DAG was looked at: --dag FILE compares one; cron and systemd are not seen from here'),
    ];
  const write = command(`airflow --out ${quoted(dag.file)}${dag.options}`);
  return [
    ...points,
    dag.state === 'missing'
      ? point(false, `there is no DAG ${dag.file}`, { mend: write })
      : point(
          dag.state === 'same',
          dag.state === 'same'
            ? `the DAG ${dag.file} is what would be written now`
            : `the DAG ${dag.file} is stale: it is not what would be written now`,
          { command: command('airflow'), mend: write },
        ),
  ];
}
