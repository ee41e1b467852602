import type { Explanation, Hit } from '../search/index.ts';

/** How hits came about, in lines. */
export function explanationLines({ depth, hits, fusion, keyword, semantic, timings }: Explanation): string[] {
  const lines = [`${hits} hits on all pages, of ${depth} candidates at most on each side`];
  if (keyword) lines.push(`keyword: ${keyword.candidates} candidates for ${wordsOf(keyword)}`);
  if (semantic) {
    const { search, because } = semantic.plan;
    const { feedback } = semantic;
    const moved = feedback === null ? '' : `; the question was moved towards ${feedback.join(', ')}`;
    lines.push(`semantic: ${semantic.candidates} candidates, ${search} search: ${because}${moved}`);
  }
  if (keyword && semantic)
    lines.push(
      `fused by ${fusion.by === 'rrf' ? 'ranks' : `scores, the semantic side with weight ${fusion.weight}`}`,
    );
  const parts = Object.entries(timings).map(([part, ms]) => `${part} ${ms}`);
  return [...lines, `ms: ${parts.join(', ')}`];
}

const SIGNS = { should: '', must: '+', not: '-' } as const;

/** As they would be typed, with what prefixes and misspelled words stand for. */
function wordsOf({ query }: NonNullable<Explanation['keyword']>): string {
  if (query === undefined) return 'words';
  if ('plain' in query) return query.plain;
  const ways = (anyOf: readonly string[][]) =>
    anyOf.map((words) => (words.length > 1 ? `"${words.join(' ')}"` : words[0]));
  return query.clauses
    .map(({ occurs, anyOf }) => {
      const shown = ways(anyOf).slice(0, SHOWN_WAYS).join(' | ');
      const more = anyOf.length > SHOWN_WAYS ? ` | ${anyOf.length - SHOWN_WAYS} more` : '';
      return `${SIGNS[occurs]}${anyOf.length === 1 ? shown : `(${shown || 'no word'}${more})`}`;
    })
    .join(' ');
}

const SHOWN_WAYS = 5;

/** The place of a hit on each side, behind its scores. */
export function placesOf({ explain }: Hit): string[] {
  return Object.entries(explain ?? {}).map(([side, place]) => `${side} place ${place?.rank ?? '-'}`);
}
