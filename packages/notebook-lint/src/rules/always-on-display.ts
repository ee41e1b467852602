import type { Analysis, Call } from '../analysis.ts';
import { textOf } from '../python/node.ts';
import { drawsCall, showsPlot } from './plots.ts';
import type { Hit, Rule } from './rule.ts';
import { shownExpressions } from './shown-expression.ts';

const BARS =
  /^(tqdm(\.\w+)*\.(tqdm|trange|tqdm_notebook)|rich\.progress\.track|fastprogress\.[\w.]*progress_bar|alive_progress\.alive_bar)$/;
const BROWSER = /^webbrowser\.open(_new)?(_tab)?$/;

export const alwaysOnDisplay: Rule = {
  id: 'always-on-display',
  severity: 'info',
  title: 'plots, progress bars, verbose output or browser windows on every run',
  why: 'A job has no screen: plots cost time and memory and may fail without one, progress bars fill the log.',
  fix: 'Leave it out: a run shows progress on a terminal only. Draw in a notebook of its own that reads the tables of the lake.',
  *check(analysis) {
    yield* plots(analysis);
    for (const call of analysis.calls) yield* others(call);
  },
};

/** One for each `show`; where a cell has none, one for the first call that draws. */
function* plots(analysis: Analysis): Iterable<Hit> {
  const drawn = new Map<number, Call[]>();
  const shown = new Set<number>();
  for (const call of analysis.calls) {
    const { cell } = call.node.source;
    if (showsPlot(call)) {
      shown.add(cell);
      yield { at: call.node, message: 'The plot is shown on every run' };
    } else if (drawsCall(call)) drawn.set(cell, [...(drawn.get(cell) ?? []), call]);
  }
  for (const [cell, calls] of drawn)
    if (!shown.has(cell) && !closesFigure(analysis, cell))
      yield { at: calls[0]!.node, message: 'The plot is drawn on every run' };
  yield* charts(analysis);
}

/** A figure that is written to a file and closed is a result, not a display. */
function closesFigure({ calls }: Analysis, cell: number): boolean {
  const paths = calls.filter(({ node }) => node.source.cell === cell).map(({ path }) => path);
  return (
    paths.some((path) => path.endsWith('.savefig')) &&
    paths.some((path) => path === 'matplotlib.pyplot.close')
  );
}

function* charts(analysis: Analysis): Iterable<Hit> {
  for (const expression of shownExpressions(analysis)) {
    const path = analysis.knownOf(expression).path ?? '';
    if (/^(altair|plotly)\./.test(path)) yield { at: expression, message: 'The chart is drawn on every run' };
  }
}

function* others({ node, path, arguments: { named } }: Call): Iterable<Hit> {
  if (BARS.test(path)) yield { at: node, message: 'The progress bar is always on: in a log it is noise' };
  else if (BROWSER.test(path)) yield { at: node, message: 'A browser is opened: a server has none' };
  for (const name of ['show_progress_bar', 'verbose', 'show_progress', 'progress_bar']) {
    const value = named.get(name);
    if (value && /^(True|[1-9]\d*)$/.test(textOf(value)))
      yield { at: node, message: `\`${name}=${textOf(value)}\` writes progress on every run` };
  }
}
