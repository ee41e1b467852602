import type { Fact, Formula, ModelFact, Recipe } from './recipe.ts';

/** What models of retrieval want before texts, as their cards write it. */
const PASSAGE = /^(passage|document|search_document|clustering|classification): $/;
const QUERY =
  /^((query|search_query): |Represent this (sentence|question) for searching relevant passages: )/;

/** A prefix that the notebook writes into the texts itself is a setting of the model, not a part of the text. */
export function withPrefixes(recipe: Recipe): Recipe {
  const { model, text, queries } = recipe;
  if (model?.value.where !== 'local') return recipe;
  const own = text && splitOff(text.value);
  const asked = queries.map(({ value }) => QUERY.exec(value)?.[0]);
  const [queryPrefix] = asked;
  const sameForAll = queryPrefix !== undefined && asked.every((prefix) => prefix === queryPrefix);
  const value: ModelFact = {
    ...model.value,
    ...(own && { passagePrefix: own.prefix }),
    ...(sameForAll && { queryPrefix }),
  };
  const bare = (fact: Fact<string>) => ({ ...fact, value: fact.value.slice(queryPrefix!.length) });
  return {
    ...recipe,
    model: { ...model, value },
    text: own && text ? { ...text, value: own.rest } : text,
    queries: sameForAll ? queries.map(bare) : queries,
  };
}

function splitOff(formula: Formula): { prefix: string; rest: Formula } | undefined {
  if (formula.op === 'call' && formula.inner) return splitOff(formula.inner);
  if (formula.op !== 'concat') return undefined;
  const [first, ...others] = formula.parts;
  if (first?.op !== 'literal' || !PASSAGE.test(first.value) || others.length === 0) return undefined;
  const rest: Formula = others.length === 1 ? others[0]! : { op: 'concat', parts: others };
  return { prefix: first.value, rest: rest.op === 'text' ? rest.of : rest };
}
