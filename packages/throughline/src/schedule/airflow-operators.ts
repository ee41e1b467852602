/** Python of the operator that runs a command, and tells by its exit code whether another try may help. */

/** What differs by where tasks run. */
interface OperatorText {
  /** What both Airflows have in one place. */
  provider: string;
  imports: string;
  definition: string;
  /** Arguments of every task. */
  defaults: string;
  /** How what a command prints becomes what its task gives to others. */
  toXCom: string;
  fromOutput: string;
}

export const ON_WORKERS: OperatorText = {
  provider: '',
  imports: `try:  # Airflow 3
    from airflow.providers.standard.operators.bash import BashOperator
    from airflow.sdk import DAG, Asset
except ImportError:  # Airflow 2.11
    from airflow import DAG
    from airflow.datasets import Dataset as Asset
    from airflow.operators.bash import BashOperator
`,
  definition: `class ThroughlineOperator(BashOperator):
    """Runs a command of throughline; its exit code says whether another try may help. 99 skips."""

    def execute(self, context):
        try:
            return super().execute(context)
        except AirflowSkipException:
            raise
        except AirflowException as error:
            code = self.subprocess_hook.sub_process.returncode
            if code in FAIL_AT_ONCE:
                raise AirflowFailException(f"exit code {code}: {FAIL_AT_ONCE[code]}") from error
            raise`,
  defaults: '\n        "append_env": True,',
  toXCom: '',
  fromOutput: 'output_processor=json.loads,',
};

export const IN_PODS: OperatorText = {
  provider: 'from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator\n',
  imports: `try:  # Airflow 3
    from airflow.sdk import DAG, Asset
except ImportError:  # Airflow 2.11
    from airflow import DAG
    from airflow.datasets import Dataset as Asset
`,
  definition: `class ThroughlineOperator(KubernetesPodOperator):
    """Runs a command of throughline in a pod; its exit code says whether another try may help. 99 skips."""

    def __init__(self, *, bash_command: str, env: dict[str, str] | None = None, **kwargs):
        self.env = env
        super().__init__(
            cmds=["bash", "-c"], arguments=[bash_command], env_vars=env, image=IMAGE, skip_on_exit_code=99, **kwargs
        )

    def cleanup(self, pod, remote_pod, *args, **kwargs):
        try:
            super().cleanup(pod, remote_pod, *args, **kwargs)
        except AirflowSkipException:
            raise
        except AirflowException as error:
            for container in remote_pod.status.container_statuses or []:
                ended = container.state.terminated
                if container.name == self.base_container_name and ended and ended.exit_code in FAIL_AT_ONCE:
                    code = ended.exit_code
                    raise AirflowFailException(f"exit code {code}: {FAIL_AT_ONCE[code]}") from error
            raise`,
  defaults: '',
  // A container beside the task's own reads it there.
  toXCom: ' + " > /airflow/xcom/return.json"',
  fromOutput: 'do_xcom_push=True,',
};
