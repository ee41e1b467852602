/** The result of a search for people. */
import type { Facets, Highlight, Hit, HitPassage, SearchResult } from '../search/index.ts';
import type { Context } from './context.ts';
import { excerpt } from './excerpt.ts';
import { explanationLines, placesOf } from './print-explanation.ts';
import { printable, type Terminal } from './terminal.ts';

const EXCERPT_LENGTH = 320;
const FACET_VALUES = 10;

export function printHits({ terminal }: Context, result: SearchResult): void {
  const { hits, facets, index, tookMs, nextCursor, notReranked, explain } = result;
  if (hits.length === 0) terminal.print('Nothing found.');
  for (const [i, hit] of hits.entries()) printHit(terminal, i + 1, hit);
  if (facets) printFacets(terminal, facets);
  if (explain) for (const line of explanationLines(explain)) terminal.print(printable(line));
  terminal.log(`${hits.length} ${hits.length === 1 ? 'hit' : 'hits'} in ${tookMs} ms, index ${index}`);
  if (notReranked !== undefined) terminal.log(`not reranked: ${printable(notReranked)}`);
  if (nextCursor !== null) terminal.log(`more: --cursor ${nextCursor}`);
}

function printHit(terminal: Terminal, number: number, hit: Hit): void {
  const attributes = Object.entries(hit.attributes).flatMap(([name, value]) =>
    value === null ? [] : [`${name}: ${printable(String(value))}`],
  );
  const scores = [`${hit.score.toFixed(4)}`, ...scoresOf(hit), ...placesOf(hit)];
  terminal.print(
    `${number}. ${terminal.style('bold', printable(hit.recordId))}  ${hit.at?.slice(0, 10) ?? ''}  ${terminal.style('dim', scores.join('  '))}`,
  );
  if (attributes.length > 0) terminal.print(`   ${terminal.style('dim', attributes.join(' | '))}`);
  printText(terminal, hit.sentence ? cut(hit, hit.sentence) : hit);
  for (const passage of hit.passages?.slice(1) ?? []) printText(terminal, passage);
  terminal.print();
}

function scoresOf(hit: Hit): string[] {
  const { scores } = hit;
  const reranked = hit.reranked === undefined ? [] : [`reranked ${hit.reranked.toFixed(3)}`];
  return [
    ...reranked,
    `keyword ${scores.keyword?.toFixed(2) ?? '-'}`,
    `semantic ${scores.semantic?.toFixed(3) ?? '-'}`,
  ];
}

/** The part of a passage, with the highlights in it. */
function cut({ text, highlights }: HitPassage, { start, end }: Highlight): ShownText {
  return {
    text: text.slice(start, end),
    highlights: highlights
      .filter((one) => one.start >= start && one.end <= end)
      .map((one) => ({ start: one.start - start, end: one.end - start })),
  };
}

type ShownText = Pick<HitPassage, 'text' | 'highlights'>;

function printText(terminal: Terminal, { text, highlights }: ShownText): void {
  const mark = (marked: string) => terminal.style(['bold', 'yellow'], marked);
  terminal.print(`   ${excerpt(text, highlights, EXCERPT_LENGTH, mark)}`);
}

function printFacets(terminal: Terminal, facets: Facets): void {
  for (const [name, counts] of Object.entries(facets)) {
    terminal.print(terminal.style('bold', printable(name)));
    for (const { value, records } of counts.slice(0, FACET_VALUES))
      terminal.print(`  ${String(records).padStart(8)}  ${value === null ? '-' : printable(String(value))}`);
    if (counts.length > FACET_VALUES) terminal.print(`  ${counts.length - FACET_VALUES} more values: --json`);
    terminal.print();
  }
}
