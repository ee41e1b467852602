import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Graph } from './graph.ts';
import { type Communities, type LeidenOptions, leiden } from './leiden.ts';

/** Runs of Leiden on one graph. */
export interface LeidenRuns extends AsyncDisposable {
  /** What `leiden` gives. Runs that are asked for at once run at once, on a thread each; one run uses one core. */
  run(options: LeidenOptions): Promise<Communities>;
}

/** Below so many nodes a run is shorter than the start of a thread. */
const FEW_NODES = 2_000;

/**
 * Opens a graph for many runs: on `threads` threads at most, one for each core unless told, of which each starts when there is a run
 * for it. They share the graph; each needs memory of the order of the graph for itself. Dispose of it to end them.
 */
export function openLeiden(graph: Graph, threads = availableParallelism()): LeidenRuns {
  if (threads < 2 || graph.nodes < FEW_NODES) return inTurn(graph);
  const workerData = shared(graph);
  const started: Worker[] = [];
  const free: Worker[] = [];
  const waiting: ((worker: Worker) => void)[] = [];
  return {
    async run(options) {
      const worker = free.pop() ?? (started.length < threads ? start() : await next());
      worker.postMessage(options);
      const [communities] = await once(worker, 'message');
      const handOver = waiting.shift();
      if (handOver) handOver(worker);
      else free.push(worker);
      return communities;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(started.map((worker) => worker.terminate()));
    },
  };

  function start(): Worker {
    // Flags such as --input-type, meant for the main program, would stop the thread from loading.
    const worker = new Worker(new URL('./leiden-thread.ts', import.meta.url), { workerData, execArgv: [] });
    started.push(worker);
    return worker;
  }

  function next(): Promise<Worker> {
    return new Promise((resolve) => waiting.push(resolve));
  }
}

function inTurn(graph: Graph): LeidenRuns {
  return {
    run: async (options) => leiden(graph, options),
    [Symbol.asyncDispose]: async () => {},
  };
}

/** The same graph in memory that threads share. */
function shared({ nodes, offsets, targets, weights }: Graph): Graph {
  return {
    nodes,
    offsets: copied(offsets, new Int32Array(sharedMemory(offsets))),
    targets: copied(targets, new Int32Array(sharedMemory(targets))),
    weights: copied(weights, new Float64Array(sharedMemory(weights))),
  };
}

function sharedMemory({ byteLength }: ArrayBufferView): SharedArrayBuffer {
  return new SharedArrayBuffer(byteLength);
}

function copied<T extends Int32Array | Float64Array>(values: T, into: T): T {
  into.set(values);
  return into;
}
