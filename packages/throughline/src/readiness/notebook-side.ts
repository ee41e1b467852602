/** The notebook's side of each row: what a notebook does, by the findings of the linter, or what notebooks usually do. */
import type { Finding } from '@throughline/notebook-lint';
import type { Topic } from './point.ts';

const USUAL: Record<Topic, string> = {
  volume: 'a sample, or one export that fits into memory',
  compute: 'one process on one machine; everything is embedded again each time',
  output: 'variables and plots of the session, perhaps a file that the next run overwrites',
  scheduling: 'a person runs the cells',
  'API calls': 'a loop of requests; a time-out or a refusal ends the cell, and what was paid is lost',
  reproducibility: 'depends on the order of cells, on what is installed, and on seeds that nobody set',
  'failure handling': 'an exception on the screen, for whoever looks',
};

/** Rules of notebook-lint by what they are about; each is in one topic. */
export const RULES_OF: Record<Topic, readonly string[]> = {
  volume: ['whole-file-read', 'collect-topandas', 'vectors-in-memory', 'all-pairs-similarity'],
  compute: ['embed-per-row', 'row-wise'],
  output: [
    'silent-truncation',
    'wrong-prefix',
    'unnormalised-dot-product',
    'print-display',
    'always-on-display',
  ],
  scheduling: ['execution-order', 'use-before-def', 'local-abs-path'],
  'API calls': ['no-retry', 'no-timeout', 'fixed-sleep', 'hardcoded-secret'],
  reproducibility: ['unpinned-model', 'unpinned-install', 'unseeded-random', 'df-reassign'],
  'failure handling': ['broad-except'],
};

const SHOWN = 3;

/** `findings` undefined: no notebook is named. */
export function notebookSide(topic: Topic, findings: readonly Finding[] | undefined): string {
  if (findings === undefined) return `usually: ${USUAL[topic]}`;
  const found = findings.filter(({ rule }) => RULES_OF[topic].includes(rule));
  if (found.length === 0) return 'the linter finds nothing about this';
  // One of each rule says more than three of one.
  const first = [...Map.groupBy(found, ({ rule }) => rule).values()].map((of) => of[0]!);
  const shown = first.slice(0, SHOWN).map((one) => `${one.message} (${one.rule}, cell ${one.cell})`);
  const more = found.length - shown.length;
  return `${shown.join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}
