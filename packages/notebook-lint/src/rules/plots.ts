import type { Analysis, Call } from '../analysis.ts';
import { bare, isWithin, type SyntaxNode, textOf } from '../python/node.ts';

const PYPLOT_DRAWS =
  /^matplotlib\.(pyplot|pylab)\.(plot|scatter|hist|hist2d|hexbin|bar|barh|pie|imshow|matshow|boxplot|violinplot|contourf?|fill_between|stem|step|errorbar|stackplot|plot_date|semilog[xy]|loglog|pcolormesh|quiver|axhline|axvline)$/;
const PYPLOT_OTHER = /^matplotlib\.(pyplot|pylab)\./;
const SEABORN =
  /^seaborn\.(?!set|color_palette|load_dataset|despine|axes_style|cubehelix|husl|light|dark|diverging)\w+/;
const FRAME_DRAWS =
  /^(pandas\.(DataFrame|Series|GroupBy)|.*(DataFrame|Series))\.(plot|hist|boxplot|plot\.\w+)$/;
const OTHER_DRAWS =
  /^(umap\.plot\.(points|connectivity|interactive|diagnostic)|missingno\.\w+|shap\.(summary_plot|force_plot|plots\.\w+)|scikitplot\.\w+\.\w+|openai\.embeddings_utils\.(plot_\w+|chart_from_\w+)|sklearn\.metrics\.(\w+\.)?(\w+Display\.from_(predictions|estimator|estimators)|plot_\w+)|yellowbrick\.[\w.]+\.show|mpld3\.display|bokeh\.\w+\.show|pyLDAvis\.(display|[\w.]*prepare))$/;
const SHOWS =
  /^(matplotlib\.(pyplot|pylab)\.show|plotly\.(io|offline)\.(show|iplot|plot)|bokeh\.(plotting|io)\.show)$/;
const AXES =
  /\.(subplots|subplot|gca|figure|add_subplot|axes)\(\)(\[\])?(\.\w+)*\.(plot|scatter|hist|bar|barh|pie|imshow|boxplot|annotate)$/;
const PLOTLY = /^(plotly\.(express|graph_objs|graph_objects|figure_factory|subplots)|altair)\./;

/** A call that shows what was drawn, on every run. */
export function showsPlot({ path, name, receiver, receiverNode }: Call): boolean {
  if (SHOWS.test(path)) return true;
  if (name !== 'show') return false;
  return (
    PLOTLY.test(receiver.path ?? '') || /^matplotlib\./.test(receiver.path ?? '') || isFigure(receiverNode)
  );
}

function isFigure(node: SyntaxNode | undefined): boolean {
  return node?.type === 'identifier' && /^(fig|figure|chart|plot)\d*$/.test(textOf(node));
}

/** A call that draws: shown by the notebook though nothing says `show`. */
export function drawsCall({ path, name, receiver, receiverNode }: Call): boolean {
  if (PYPLOT_DRAWS.test(path) || SEABORN.test(path) || OTHER_DRAWS.test(path) || AXES.test(path)) return true;
  if (FRAME_DRAWS.test(path)) return true;
  if (name === 'hist' && path === '?.hist' && receiver.type === 'unknown') return receiverNode !== undefined;
  return /^bertopic\..*\.visualize_\w+$/.test(path);
}

/** Whether an expression at the end of a cell is there for the picture, or belongs to one (`plt.title(...)`). */
export function drawsPlot(expression: SyntaxNode, { calls, knownOf }: Analysis): boolean {
  const inner = bare(expression);
  if (inner.type === 'call') {
    const path = knownOf(inner.children[0]).path ?? '';
    if (PYPLOT_OTHER.test(path) || SEABORN.test(path) || AXES.test(path) || PLOTLY.test(path)) return true;
    if (/^(umap\.plot|matplotlib|webbrowser)\./.test(path)) return true;
  }
  if (PLOTLY.test(knownOf(inner).path ?? '')) return true;
  return calls.some(
    (call) =>
      isWithin(call.node, inner) && (drawsCall(call) || showsPlot(call)) && !isArgument(call.node, inner),
  );
}

/** `f(df.hist())` is not there for the picture. */
function isArgument(node: SyntaxNode, outer: SyntaxNode): boolean {
  for (let at: SyntaxNode | undefined = node; at && at !== outer; at = at.parent)
    if (at.parent?.type === 'argument_list') return true;
  return false;
}
