import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { setImmediate } from 'node:timers/promises';
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
  const started: Thread[] = [];
  const free: Thread[] = [];
  const waiting: ((thread: Thread) => void)[] = [];
  return {
    async run(options) {
      const thread = free.pop() ?? (started.length < threads ? start() : await next());
      thread.worker.postMessage(options);
      const [communities] = await Promise.race([once(thread.worker, 'message'), thread.ended]);
      const handOver = waiting.shift();
      if (handOver) handOver(thread);
      else free.push(thread);
      return communities;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(started.map(({ worker }) => worker.terminate()));
    },
  };

  function start(): Thread {
    // Flags such as --input-type, meant for the main program, would stop the thread from loading.
    const worker = new Worker(new URL('./leiden-thread.ts', import.meta.url), { workerData, execArgv: [] });
    const ended = once(worker, 'exit').then(([code]) => {
      throw new Error(`a thread of Leiden ended with code ${code}`);
    });
    ended.catch(() => {}); // who waits for a run hears of it
    const thread = { worker, ended };
    started.push(thread);
    return thread;
  }

  function next(): Promise<Thread> {
    return new Promise((resolve) => waiting.push(resolve));
  }
}

interface Thread {
  worker: Worker;
  /** Rejects when the thread has ended. */
  ended: Promise<never>;
}

/** One run after another, and between them whatever else waits: a server goes on answering. */
function inTurn(graph: Graph): LeidenRuns {
  let last: Promise<unknown> = Promise.resolve();
  return {
    run(options) {
      const found = last.then(() => setImmediate()).then(() => leiden(graph, options));
      last = found.catch(() => {}); // its error is that of its own run
      return found;
    },
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
