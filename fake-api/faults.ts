import type { FakeApiOptions } from './options.ts';
import { randomOf } from './random.ts';

/** Instead of an answer. */
const REFUSALS = ['500', '502', '503', '504', 'reset-before', 'stall-before'] as const;
/** On the way: the work was done, and is charged. */
const ACCIDENTS = ['reset-mid-body', 'stall-mid-body', 'truncated'] as const;
/** In the answer. */
const SPOILED = [
  'not-json',
  'doubled-body',
  'one-too-few',
  'one-too-many',
  'index-twice',
  'index-missing',
  'shuffled',
  'nan',
  'null',
  'zeros',
  'huge',
  'wrong-dimension',
  'wrong-model',
] as const;
/** In the answer as well, but nobody who asks can be sure of it: not among `all`. */
const PLAUSIBLE = ['same-vector', 'earlier-answer'] as const;

/** Each can be found out by who asks. */
export const CERTAIN_FAULTS = [...REFUSALS, ...ACCIDENTS, ...SPOILED] as const;
export const FAULTS = [...CERTAIN_FAULTS, ...PLAUSIBLE] as const;
type Refusal = (typeof REFUSALS)[number];
export type Accident = (typeof ACCIDENTS)[number];
export type Spoiled = (typeof SPOILED)[number] | (typeof PLAUSIBLE)[number];
export type FaultKind = (typeof FAULTS)[number];

export function isRefusal(fault: FaultKind | undefined): fault is Refusal {
  return (REFUSALS as readonly (string | undefined)[]).includes(fault);
}

export function isAccident(fault: FaultKind | undefined): fault is Accident {
  return (ACCIDENTS as readonly (string | undefined)[]).includes(fault);
}

/** What is to happen to the next request, by the seed: one draw a request; a 5xx stays for a few. */
export function faultsOf({ seed, faults, mostInBurst }: FakeApiOptions): () => FaultKind | undefined {
  const random = randomOf(seed);
  let burst: { fault: FaultKind; left: number } | undefined;
  return () => {
    const [drawn, length] = [random(), random()];
    if (burst !== undefined && burst.left-- > 0) return burst.fault;
    const fault = choose(faults, drawn);
    const left = fault?.startsWith('50') ? Math.floor(length * mostInBurst) : 0;
    burst = fault === undefined ? undefined : { fault, left };
    return fault;
  };
}

function choose(faults: FakeApiOptions['faults'], drawn: number): FaultKind | undefined {
  let below = 0;
  for (const kind of FAULTS) {
    below += faults[kind] ?? 0;
    if (drawn < below) return kind;
  }
  return undefined;
}
