/** Leiden on the neighbour graph of banking77, and those of igraph and leidenalg (in C and C++): modularity and seconds, seed by seed. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pythonVenv } from '../../engines/python-venv.ts';
import { type Graph, leiden, nearestNeighbours, neighbourGraph } from '../../packages/themes/src/index.ts';
import { labelledSet } from './sets.ts';

export interface CommunitiesRow {
  set: string;
  method: string;
  resolution: number;
  runs: number;
  /** Means over the seeds, and the best of them. */
  modularity: number;
  bestModularity: number;
  secondsEach: number;
}

interface Found {
  quality: number;
  seconds: number;
}

const REQUIREMENTS = ['leidenalg==0.10.2', 'igraph==0.11.9'];
const RESOLUTIONS = [0.5, 1, 2, 4, 8];
const SEEDS = 5;

export async function communities(): Promise<CommunitiesRow[]> {
  const { vectors, dimension, labels, name } = await labelledSet('banking77');
  const graph = neighbourGraph(labels.length, await nearestNeighbours(vectors, dimension));
  leiden(graph, { resolution: 1, seed: 0 }); // warm
  const theirs = await peers(graph);
  return RESOLUTIONS.flatMap((resolution) => {
    const ours = Array.from({ length: SEEDS }, (_, seed) => timed(graph, resolution, seed));
    const methods = { ours, ...theirs?.[String(resolution)] };
    return Object.entries(methods).map(([method, runs]) => ({
      ...{ set: name, method: `Leiden, ${method}`, resolution, runs: runs.length },
      modularity: mean(runs.map(({ quality }) => quality)),
      bestModularity: Math.max(...runs.map(({ quality }) => quality)),
      secondsEach: mean(runs.map(({ seconds }) => seconds)),
    }));
  });
}

function timed(graph: Graph, resolution: number, seed: number): Found {
  const start = performance.now();
  const { quality } = leiden(graph, { resolution, seed });
  return { quality, seconds: (performance.now() - start) / 1000 };
}

/** By resolution and library. Undefined where they cannot be installed, which is said. */
async function peers(graph: Graph): Promise<Record<string, Record<string, Found[]>> | undefined> {
  const venv = await pythonVenv(REQUIREMENTS);
  if (!venv.ok) {
    console.error(`themes: igraph skipped, ${venv.reason}`);
    return undefined;
  }
  const folder = await mkdtemp(join(tmpdir(), 'throughline-leiden-'));
  try {
    const path = join(folder, 'graph.json');
    await writeFile(path, JSON.stringify({ ...edgesOf(graph), resolutions: RESOLUTIONS, seeds: SEEDS }));
    const script = join(import.meta.dirname, 'communities.py');
    const { stdout } = await promisify(execFile)(venv.python, [script, path]);
    return JSON.parse(stdout);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function edgesOf({ nodes, offsets, targets, weights }: Graph) {
  const edges: [number, number][] = [];
  const kept: number[] = [];
  for (let node = 0; node < nodes; node++) {
    for (let edge = offsets[node]!; edge < offsets[node + 1]!; edge++) {
      if (targets[edge]! < node) continue;
      edges.push([node, targets[edge]!]);
      kept.push(weights[edge]!);
    }
  }
  return { nodes, edges, weights: kept };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
