/** Memory of an executor beside its heap, in which the workers live. Some managers kill an executor that takes more. */

/** Of each worker, and of the rest of an executor: measured with the default model. */
const WORKER_MB = 400;
const OTHER_MB = 400;

/** Spark's own, where nothing is set. */
const LEAST_OVERHEAD_MB = 384;
const OVERHEAD_FACTOR = 0.1;

/** What was found, with a hint where it is less than what workers need. `setting` gives one of the cluster's. */
export async function memoryFinding(
  setting: (key: string) => Promise<string | undefined>,
): Promise<{ message: string; hint?: string }> {
  const ask = (key: string) => setting(`spark.${key}`).catch(() => undefined);
  const master = (await ask('master')) ?? '';
  // YARN and Kubernetes give an executor one core unless told.
  const cores = Number((await ask('executor.cores')) ?? 1);
  const needed = WORKER_MB * cores + OTHER_MB;
  if (!/^(yarn|k8s)/.test(master))
    return {
      message: `workers need ${WORKER_MB} MB for each core beside the heap; Spark sets no limit here`,
    };
  const heap = megabytes((await ask('executor.memory')) ?? '1g');
  const factor = Number((await ask('executor.memoryOverheadFactor')) ?? OVERHEAD_FACTOR);
  const set = await ask('executor.memoryOverhead');
  const given = set === undefined ? Math.max(LEAST_OVERHEAD_MB, Math.floor(heap * factor)) : megabytes(set);
  const message = `executors of ${cores} ${cores === 1 ? 'core' : 'cores'} have ${given} MB beside their heap, and need ${needed} MB`;
  if (given >= needed) return { message };
  return {
    message,
    hint: `Set spark.executor.memoryOverhead to ${needed}m, or workers may be killed. See "Settings of the cluster" in docs/spark.md.`,
  };
}

const UNITS: Readonly<Record<string, number>> = {
  b: 1 / 1024 ** 2,
  k: 1 / 1024,
  m: 1,
  g: 1024,
  t: 1024 ** 2,
};

/** As Spark reads sizes of memory: `2g`, `2gb`, `512m`; a number alone is one of megabytes. */
function megabytes(text: string): number {
  const [, number, unit = 'm'] = /^\s*(\d+)\s*([bkmgt])?b?\s*$/i.exec(text) ?? [];
  return Math.floor(Number(number) * UNITS[unit.toLowerCase()]!);
}
