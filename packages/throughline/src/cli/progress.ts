/** What a person sees of a run: a bar with rate and time left on a terminal, a line every few seconds elsewhere. */
import { NO_CHUNK } from '../chunk/chunk-id.ts';
import { describeRule } from '../chunk/plan.ts';
import type { RunReporter } from '../run/index.ts';
import { createLogReporter } from './log-reporter.ts';
import { formatCount, formatSeconds, type Terminal } from './terminal.ts';

const LINE_EVERY_MS = 5_000;
const BAR_WIDTH = 24;
const STAGES = {
  read: 'Reading the source',
  embed: 'Embedding',
  index: 'Building the search index',
  themes: 'Finding themes',
} as const;

export function createProgress(terminal: Terminal, clock: () => number): RunReporter {
  if (terminal.logger) return createLogReporter(terminal.logger);
  let total = 0;
  let rows = 0;
  let chunks = 0;
  let chunksTotal = 0;
  let started = clock();
  let lastLine = started;

  const describe = () => {
    const elapsed = (clock() - started) / 1000;
    const rate = rows / Math.max(elapsed, 0.001);
    // The first rows wait for the model to load: no promise before there is a rate.
    const left = rows * 20 > total ? `, ${formatSeconds((total - rows) / rate)} left` : '';
    return `${formatCount(rows)}/${formatCount(total)} rows, ${chunks}/${chunksTotal} chunks, ${rate.toFixed(0)} rows/s${left}`;
  };

  const tell = (text: string) => {
    if (terminal.interactive) return terminal.status(text);
    if (clock() - lastLine < LINE_EVERY_MS) return;
    lastLine = clock();
    terminal.log(text);
  };

  return {
    stage(name) {
      terminal.clearStatus();
      if (name !== 'embed') terminal.log(`${STAGES[name]} ...`);
    },
    planned({ staged, due, unchanged }) {
      total = due.reduce((sum, chunk) => sum + chunk.rows, 0);
      chunksTotal = due.length;
      started = clock();
      const rule = `${describeRule(staged.rule)}${staged.chosen ? ' (chosen by the planner; name them with chunk:)' : ''}`;
      terminal.log(
        `${formatCount(staged.sourceRows)} rows, ${formatCount(staged.filtered)} left out by the filter; ${staged.chunks.length} chunks: ${rule}`,
      );
      terminal.log(
        due.length === 0 ? 'Nothing has changed.' : `${due.length} chunks to do, ${unchanged} as they were.`,
      );
    },
    rows(count) {
      rows += count;
      const filled = Math.round((BAR_WIDTH * rows) / Math.max(total, 1));
      const bar = `[${'#'.repeat(filled)}${'.'.repeat(Math.max(0, BAR_WIDTH - filled))}] `;
      tell(`${terminal.interactive ? bar : ''}${describe()}`);
    },
    chunk(chunk, counts) {
      chunks++;
      if (chunk.id === NO_CHUNK)
        terminal.log(`${formatCount(counts.deadLetters)} rows belong to no chunk: see throughline dlq list`);
      if (chunks === chunksTotal) terminal.clearStatus();
    },
    batch({ changes, age, behind }) {
      rows += changes;
      chunks++;
      const old = age === undefined ? '' : `, published after ${formatSeconds(age)}`;
      const waiting = behind === undefined ? '' : `, ${formatCount(behind)} behind`;
      tell(`${formatCount(rows)} changes in ${formatCount(chunks)} micro-batches${old}${waiting}`);
    },
    indexed: (passages) => tell(`${formatCount(passages)} passages indexed`),
    warning: (message) => terminal.log(`warning: ${message}`),
    info: (message) => terminal.log(message),
  };
}
