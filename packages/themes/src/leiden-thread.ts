/** A thread of `leiden-threads.ts`: `workerData` is the graph, each message the options of a run, each answer its communities. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Graph } from './graph.ts';
import { type LeidenOptions, leiden } from './leiden.ts';

parentPort!.on('message', (options: LeidenOptions) => {
  parentPort!.postMessage(leiden(workerData as Graph, options));
});
