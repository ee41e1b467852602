/** What the server tells of how the hits came about, in lines. Its form is its own matter: what is not there is left out. */
export function explainLines(explain: unknown): string[] {
  const { hits, depth, fusion, keyword, semantic, timings } = object(explain);
  const lines: string[] = [];
  if (typeof hits === 'number')
    lines.push(`${hits} hits on all pages, of at most ${String(depth)} candidates on each side.`);
  const words = object(keyword);
  if ('candidates' in words) lines.push(`Keyword: ${String(words.candidates)} candidates.`);
  const meaning = object(semantic);
  if ('candidates' in meaning)
    lines.push(`Semantic: ${String(meaning.candidates)} candidates${plan(meaning.plan)}.`);
  if (Array.isArray(meaning.feedback))
    lines.push(`The question was moved towards ${meaning.feedback.join(', ')}, and asked again.`);
  const { by, weight } = object(fusion);
  if (by === 'rrf' && keyword && semantic) lines.push('Fused by the ranks of both sides.');
  if (by === 'score' && keyword && semantic)
    lines.push(`Fused by the scores of both sides, the semantic one with weight ${String(weight)}.`);
  const parts = Object.entries(object(timings)).map(([part, ms]) => `${part} ${String(ms)}`);
  if (parts.length > 0) lines.push(`Milliseconds: ${parts.join(', ')}.`);
  return lines;
}

function plan(value: unknown): string {
  const { search, because, matching } = object(value);
  if (typeof search !== 'string') return '';
  const many = typeof matching === 'number' ? `, ${matching} passages meet the filter` : '';
  return ` by ${search} search (${String(because)}${many})`;
}

function object(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
