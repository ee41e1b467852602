/** Everything that the search page shows, as it is written in its address. */
import { address } from '../url/address.ts';

export const MODES = ['hybrid', 'semantic', 'keyword'] as const;
export type Mode = (typeof MODES)[number];

/** A value that a facet offers; null are the records without one. */
export type FacetValue = string | number | boolean | null;

export interface SearchState {
  query: string;
  /** The id of a record to find others like; it stands instead of a query. */
  like: string | undefined;
  mode: Mode;
  /** Chosen values by attribute. */
  chosen: Readonly<Record<string, readonly FacetValue[]>>;
  /** Days, `2024-01-31`, both included. */
  from: string | undefined;
  to: string | undefined;
  /** CEL of the user's own. */
  filter: string | undefined;
  /** A column, with `-` before it for the greatest first; undefined is by relevance. */
  sort: string | undefined;
  /** The record that is open beside the hits, and the passage of it that was found. */
  record: string | undefined;
  passage: string | undefined;
  /** Whether it is said how the hits came about. */
  explain: boolean;
  /** Whether words may be misspelled. */
  typos: boolean;
}

export const EMPTY: SearchState = {
  ...{ query: '', like: undefined, mode: 'hybrid', chosen: {}, from: undefined, to: undefined },
  ...{ filter: undefined, sort: undefined, record: undefined, passage: undefined },
  ...{ explain: false, typos: false },
};

const DAY = /^\d{4}-\d{2}-\d{2}$/;
/** Before the name of an attribute whose values are chosen. */
const CHOSEN = 'f.';

/** What an address says; what it says wrongly is left out. `record` comes from the path. */
export function readSearch(query: URLSearchParams, record: string | undefined): SearchState {
  const text = (name: string) => query.get(name) || undefined;
  const day = (name: string) => (DAY.test(query.get(name) ?? '') ? query.get(name)! : undefined);
  const chosen = new Map<string, FacetValue[]>();
  for (const [name, value] of query) {
    const read = name.startsWith(CHOSEN) ? readValue(value) : undefined;
    if (read === undefined) continue;
    const attribute = name.slice(CHOSEN.length);
    chosen.set(attribute, [...(chosen.get(attribute) ?? []), read]);
  }
  return {
    query: query.get('q') ?? '',
    like: text('like'),
    mode: MODES.find((mode) => mode === query.get('mode')) ?? 'hybrid',
    chosen: Object.fromEntries(chosen),
    ...{ from: day('from'), to: day('to'), filter: text('filter'), sort: text('sort') },
    ...{ record, passage: text('passage'), explain: query.has('explain'), typos: query.has('typos') },
  };
}

/** The address of a state; `readSearch` of it gives the same state. */
export function searchAddress(state: SearchState): `/${string}` {
  const path = state.record === undefined ? '/search' : `/records/${encodeURIComponent(state.record)}`;
  const base = address(path, {
    ...{ q: state.query, like: state.like, mode: state.mode === 'hybrid' ? undefined : state.mode },
    ...{ from: state.from, to: state.to, filter: state.filter, sort: state.sort, passage: state.passage },
    ...{ explain: state.explain ? '1' : undefined, typos: state.typos ? '1' : undefined },
  });
  const chosen = new URLSearchParams();
  for (const [name, values] of Object.entries(state.chosen))
    for (const value of values) chosen.append(CHOSEN + name, writeValue(value));
  if (chosen.size === 0) return base as `/${string}`;
  return `${base}${base.includes('?') ? '&' : '?'}${chosen}` as `/${string}`;
}

/** A text as it is; others as JSON behind a `~`, so that `true` the word and `true` the truth are two. */
function writeValue(value: FacetValue): string {
  if (typeof value !== 'string') return `~${JSON.stringify(value)}`;
  return value.startsWith('~') ? `~${JSON.stringify(value)}` : value;
}

function readValue(text: string): FacetValue | undefined {
  if (!text.startsWith('~')) return text;
  try {
    const value: unknown = JSON.parse(text.slice(1));
    return value === null || ['string', 'number', 'boolean'].includes(typeof value)
      ? (value as FacetValue)
      : undefined;
  } catch {
    return undefined;
  }
}

/** How many things narrow the search, for a button that hides them. */
export function countFilters({ chosen, from, to, filter }: SearchState): number {
  const values = Object.values(chosen).reduce((sum, { length }) => sum + length, 0);
  return values + [from, to, filter].filter((part) => part !== undefined).length;
}
