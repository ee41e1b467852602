/**
 * The DAG of a pipeline for Airflow 2.11 and 3, as one Python file: what it needs of Airflow is there without a plugin. Facts about
 * Airflow that shape it: a cron as `schedule` gives intervals of no length in 3; BashOperator tries every exit code again; the jitter of
 * its backoff is the same for all mapped tasks; values that come by `expand` are not rendered as templates, and reach the command by its
 * environment only.
 */
import { type Config, durationMs } from '../config/index.ts';
import { IN_PODS, ON_WORKERS } from './airflow-operators.ts';
import { pythonLiteral as py } from './python-literal.ts';

export interface DagRequest {
  config: Config;
  schedule: NonNullable<Config['schedule']>;
  /** Path of the config where the tasks run. */
  configFile: string;
  profile: string | undefined;
  /** How throughline is called where the tasks run: a program, or several words. */
  command: string;
  /** Image of the pods that tasks run in, on Kubernetes; absent where they run on Airflow's workers. */
  image?: string | undefined;
  version: string;
}

/** Text of the file. */
export function airflowDag(request: DagRequest): string {
  const { config, schedule, configFile, profile, command, image, version } = request;
  const [year, month, day] = schedule.start.split('-').map(Number);
  const seconds = (duration: string) => Math.max(1, Math.round(durationMs(duration) / 1000));
  const options = profile === undefined ? '' : ' --profile "$THROUGHLINE_PROFILE"';
  const environment = [
    `    "THROUGHLINE_CONFIG": ${py(configFile)},`,
    ...(profile === undefined ? [] : [`    "THROUGHLINE_PROFILE": ${py(profile)},`]),
  ].join('\n');
  const about = `${config.name}: semantic search and themes.`;
  const operator = image === undefined ? ON_WORKERS : IN_PODS;
  return `"""${about}

Written by throughline ${version} from its config; change that and write it again:
    throughline airflow --out dags/${config.name}.py${image === undefined ? '' : ' --image IMAGE'}
"""

from __future__ import annotations

import json
from datetime import timedelta

import pendulum
from airflow.exceptions import AirflowException, AirflowFailException, AirflowSkipException
${operator.provider}from airflow.timetables.interval import CronDataIntervalTimetable

${operator.imports}
THROUGHLINE = ${py(command)}${
    image === undefined
      ? ''
      : `
IMAGE = ${py(image)}`
  }
ENVIRONMENT = {
${environment}
}

# What an outage or a late delivery has left undone is done by the next run: what is as it was is not listed.
START = ${py(schedule.start)}

# Usage, bad data, no input, no permission, config: another try would end the same.
FAIL_AT_ONCE = {64: "usage", 65: "bad data", 66: "no input", 77: "permission", 78: "config"}


${operator.definition}


def environment_of(group: dict) -> dict[str, str]:
    """For a task that maps one of the groups of chunks that \`throughline plan --groups\` prints."""
    first, count, rows = group["chunks"][0], len(group["chunks"]), group["rows"]
    return {
        **ENVIRONMENT,
        "THROUGHLINE_CHUNKS": json.dumps(group["chunks"]),
        "THROUGHLINE_GROUP": f"{first}, {count} chunks, {rows} rows",
    }


def command(words: str, given: str = "") -> str:
    """Tasks that failed together do not all come back at the same moment. \`given\`: a command that prints its input."""
    wait = 'if [ "{{ ti.try_number }}" -gt 1 ]; then sleep $((RANDOM % 30)); fi'
    return f'{wait}; {given}{THROUGHLINE} {words} --config "$THROUGHLINE_CONFIG"${options}'


with DAG(
    dag_id=${py(config.name)},
    description=${py(about)},
    doc_md=__doc__,
    tags=["throughline"],
    schedule=CronDataIntervalTimetable(${py(schedule.cron)}, timezone=${py(schedule.zone)}),
    start_date=pendulum.datetime(${year}, ${month}, ${day}, tz=${py(schedule.zone)}),
    catchup=${py(schedule.catchup)},
    max_active_runs=1,
    default_args={
        "retries": ${schedule.retries},
        "retry_delay": timedelta(seconds=${seconds(schedule.retryDelay)}),
        "retry_exponential_backoff": True,
        "max_retry_delay": timedelta(hours=1),
        "execution_timeout": timedelta(seconds=${seconds(schedule.timeout)}),
        "env": ENVIRONMENT,${operator.defaults}
    },
) as dag:
    plan = ThroughlineOperator(
        task_id="plan",
        doc_md="Chunks that begin before the end of this run's interval and are new or have changed, in groups.",
        bash_command=command('plan --groups ${schedule.groups} --interval "$THROUGHLINE_INTERVAL"')${operator.toXCom},
        env={**ENVIRONMENT, "THROUGHLINE_INTERVAL": START + "/{{ data_interval_end | ts }}"},
        ${operator.fromOutput}
    )

    map_chunks = ThroughlineOperator.partial(
        task_id="map",
        doc_md="Reads, splits and embeds a group of chunks. No text is paid for twice, whatever is tried again.",
        bash_command=command("run --only map --chunk-list -", given='printf %s "$THROUGHLINE_CHUNKS" | '),
        map_index_template="{{ task.env['THROUGHLINE_GROUP'] }}",
        max_active_tis_per_dag=${schedule.parallel},${schedule.pool === undefined ? '' : `\n        pool=${py(schedule.pool)},`}
    ).expand(env=plan.output.map(environment_of))

    check = ThroughlineOperator(
        task_id="check",
        doc_md="The limits of \`acceptance:\` and the checks of \`quality:\`. Where one is not met, what serves stays.",
        bash_command=command("run --only check"),
        # Nothing to map is no reason not to look.
        trigger_rule="none_failed",
    )

    index = ThroughlineOperator(
        task_id="index",
        doc_md="Builds the index, measures it against an exact search, and promotes it with the tables.",
        bash_command=command("run --only index"),
    )

    themes = ThroughlineOperator(
        task_id="themes",
        doc_md="Assigns themes, and fits them where the policy says so. Then what depends on the results may start.",
        bash_command=command("run --only themes"),
        outlets=[Asset(${py(`throughline://${config.name}`)})],
    )

    alert = ThroughlineOperator(
        task_id="alert",
        doc_md="Tells those of \`alerts:\` that this run failed. It fails itself: the last task decides how a run ended.",
        bash_command=command('alerts send --run "$THROUGHLINE_SCHEDULE_RUN"') + "; exit 1",
        env={**ENVIRONMENT, "THROUGHLINE_SCHEDULE_RUN": "{{ run_id }}"},
        trigger_rule="one_failed",
        retries=0,
    )

    plan >> map_chunks >> check >> index >> themes
    [plan, map_chunks, check, index, themes] >> alert
`;
}
