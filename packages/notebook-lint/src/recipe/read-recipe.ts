import { readNotebook } from '../notebook/read.ts';
import { loadPython } from '../python/parser.ts';
import { clusteringFact } from './clustering.ts';
import { columnFacts, idFact, timestampFact } from './columns.ts';
import { chooseCorpus } from './corpus.ts';
import { analyseAsRun } from './execution-order.ts';
import { formulaOf } from './formula.ts';
import { Functions } from './functions.ts';
import { metricFact } from './metric.ts';
import { modelFact } from './model.ts';
import { factOf } from './origin.ts';
import { outputFacts } from './outputs.ts';
import { withPrefixes } from './prefixes.ts';
import { queryFacts } from './queries.ts';
import { questionsOf } from './questions.ts';
import type { Recipe } from './recipe.ts';
import { sourceFact } from './source.ts';
import { splitFact } from './split.ts';
import { stepFacts } from './steps.ts';
import { traceRows } from './trace/run.ts';

export interface RecipeOptions {
  /** Name of the file: its ending says what the text is. */
  readonly file: string;
}

/**
 * Reads what a notebook does: from which source it takes rows, what of them it embeds, with which model, and what it makes
 * of the vectors. Each fact says where it stands. What cannot be known is a question, never a guess. The same text gives
 * the same recipe. Throws NotebookError where the text is no notebook.
 */
export async function readRecipe(text: string, { file }: RecipeOptions): Promise<Recipe> {
  const notebook = readNotebook(text, file);
  const notes = [...notebook.notes];
  const { language } = notebook.kernel;
  if (language !== 'python') {
    notes.push(`The kernel's language is ${language || 'unknown'}, not Python: the cells are not read.`);
    return withQuestions({ ...NOTHING, file, language, notes });
  }
  const parse = await loadPython();
  const trace = traceRows(analyseAsRun(notebook, parse, notes), parse);
  const corpus = chooseCorpus(trace);
  const functions = new Functions(trace, corpus.at);
  const { reading } = corpus.table ?? {};
  const expr = corpus.cells?.expr;
  const known = {
    ...{ file, language, notes },
    source: reading && sourceFact(reading, trace),
    steps: corpus.table ? stepFacts(corpus.table.steps, functions) : [],
    text: expr && factOf(formulaOf(expr, functions), corpus.node ?? reading!.node),
    split: splitFact(expr, functions, trace),
    model: modelFact(corpus.embeddings, functions, trace),
    metric: metricFact(trace),
    clustering: clusteringFact(trace),
    outputs: outputFacts(trace, corpus.table),
    queries: queryFacts(trace),
    timestamp: reading && timestampFact(reading),
    id: reading && idFact(reading),
    columns: reading ? columnFacts(reading) : [],
  };
  return withQuestions(withPrefixes({ ...known, functions: functions.all(), questions: [] }));
}

const NOTHING: Omit<Recipe, 'file' | 'language' | 'notes'> = {
  ...{ source: undefined, steps: [], text: undefined, timestamp: undefined, id: undefined, columns: [] },
  ...{
    split: undefined,
    model: undefined,
    metric: undefined,
    clustering: undefined,
    outputs: [],
    queries: [],
  },
  ...{ functions: [], questions: [] },
};

function withQuestions(recipe: Recipe): Recipe {
  return { ...recipe, questions: questionsOf(recipe) };
}
