import { basename, dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { EXIT, ThroughlineError } from '../error.ts';
import { productVersion } from '../run/versions.ts';
import { isStream } from '../source/open-feed.ts';
import { type Context, configOf, type SharedOptions } from './context.ts';

interface AirflowOptions extends Pick<SharedOptions, 'config' | 'profile'> {
  out?: string;
  command: string;
  configThere?: string;
  image?: string;
}

export function airflowCommand(program: Command, context: Context): void {
  program
    .command('airflow')
    .summary('write the DAG that runs the pipeline by its schedule, for Airflow 2.11 and 3')
    .description(
      'Writes one Python file from `schedule:` of the config. It needs no plugin: throughline has to be installed where\n' +
        'the tasks run, and the config there. Each run maps the windows of its interval in parallel tasks, then checks,\n' +
        'indexes and promotes.',
    )
    .option('-c, --config <file>', 'config file', 'throughline.yaml')
    .option('-p, --profile <name>', 'overlay profiles.NAME of the config, here and in the tasks')
    .option('--out <file>', 'file to write, in the folder of DAGs; printed unless given')
    .option('--command <words>', 'how throughline is called where the tasks run', 'throughline')
    .option('--config-there <file>', 'path of the config where the tasks run; as here unless given')
    .option('--image <image>', 'tasks run in pods of that image (KubernetesPodOperator), not on the workers')
    .addHelpText('after', '\nExample:\n  throughline airflow --out ~/airflow/dags/complaints.py\n')
    .action(async (options: AirflowOptions) => {
      const loaded = await configOf(options, context);
      const { config } = loaded;
      if (!config.schedule)
        throw new ThroughlineError(`${loaded.file} has no schedule`, {
          code: 'schedule_missing',
          exitCode: EXIT.config,
          hint: 'Add one: schedule: { cron: "0 6 * * *", start: 2024-01-01 }',
        });
      if (isStream(config.source))
        throw new ThroughlineError('a stream has no plan of chunks that a schedule could divide', {
          code: 'is_followed',
          exitCode: EXIT.config,
          hint: 'Keep a process that follows it: throughline run --follow. Or let any scheduler start: throughline run',
        });
      const { airflowDag } = await import('../schedule/airflow-dag.ts');
      const text = airflowDag({
        ...{ config, schedule: config.schedule, profile: options.profile, command: options.command },
        image: options.image,
        configFile: options.configThere ?? resolve(options.config),
        version: await productVersion(),
      });
      if (options.out === undefined) {
        context.terminal.print(text.trimEnd());
        return;
      }
      const { openStore } = await import('@throughline/delta/store');
      await openStore(dirname(options.out)).replace(basename(options.out), text);
      context.terminal.print(`${basename(options.out)} is the DAG ${config.name}.`);
      if (config.schedule.pool !== undefined)
        context.terminal.log(
          `It needs the pool: airflow pools set ${config.schedule.pool} SLOTS throughline`,
        );
    });
}
