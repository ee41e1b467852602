import type { Recipe } from '../recipe.ts';
import { shown, stepsOf } from './recipe.ts';

/** The facts of a recipe in short, to be compared with what a person has read. */
export function summaryOf(recipe: Recipe) {
  const { source, text, id, timestamp, columns, split, model, metric, clustering, outputs, queries } = recipe;
  return {
    source: source && `${source.value.format} ${source.value.path ?? '?'} (cell ${source.origin.cell})`,
    steps: stepsOf(recipe),
    text: shown(text?.value),
    id: id?.value,
    time: timestamp?.value.column,
    columns: columns.map(({ value }) => value).join(', '),
    split: split && `${split.value.name} ${split.value.size ?? '-'}`,
    model: model && `${model.value.library} ${model.value.name ?? '?'}`,
    metric: metric?.value,
    clustering: clustering && `${clustering.value.method} ${clustering.value.count ?? '?'}`,
    outputs: outputs.filter(({ value }) => value.vectors).map(({ value }) => value.path ?? '?'),
    queries: queries.map(({ value }) => value),
  };
}

export type Summary = ReturnType<typeof summaryOf>;
