export { airflowDag, type DagRequest } from './airflow-dag.ts';
export { groupChunks } from './group-chunks.ts';
