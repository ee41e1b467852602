/** One place where secrets of the notebook are taken out of all that people and files are told. */
import type { Fact, Origin, Recipe } from '@throughline/notebook-lint';
import type { PipelinePlan } from './pipeline-plan.ts';
import { holdsSecret, type Secret, struckOut } from './secrets.ts';
import type { Setting } from './setting.ts';

/** What it says to people; values that the plan needs, and the code of functions, stay. */
export function recipeForPeople(recipe: Recipe, secrets: readonly Secret[]): Recipe {
  if (secrets.length === 0) return recipe;
  const strike = (text: string) => struckOut(text, secrets);
  const bare = visit(recipe) as Recipe;
  return {
    ...bare,
    notes: bare.notes.map(strike),
    queries: bare.queries.map((fact) => ({ ...fact, value: strike(fact.value) })),
    outputs: bare.outputs.map((fact) => ({
      ...fact,
      value: { ...fact.value, path: fact.value.path === undefined ? undefined : strike(fact.value.path) },
    })),
    clustering: bare.clustering && withParameters(bare.clustering, strike),
  };

  /** Origins, questions and statements that are not understood. */
  function visit(at: unknown): unknown {
    if (Array.isArray(at)) return at.map(visit);
    if (typeof at !== 'object' || at === null) return at;
    const told = isOrigin(at) || isOther(at) ? 'source' : 'about' in at ? 'text' : undefined;
    return Object.fromEntries(
      Object.entries(at).map(([key, value]) => [
        key,
        key === told && typeof value === 'string' ? strike(value) : visit(value),
      ]),
    );
  }
}

function isOrigin(at: object): at is Origin {
  return 'cell' in at && 'line' in at;
}

function isOther(at: object): boolean {
  return 'op' in at && at.op === 'other';
}

function withParameters(
  fact: NonNullable<Recipe['clustering']>,
  strike: (text: string) => string,
): Fact<NonNullable<Recipe['clustering']>['value']> {
  const parameters = Object.fromEntries(
    Object.entries(fact.value.parameters).map(([name, value]) => [name, strike(value)]),
  );
  return { ...fact, value: { ...fact.value, parameters } };
}

/** The plan without secrets: a setting that holds one is a variable of the environment, or a question. */
export function planForPeople(plan: PipelinePlan, secrets: readonly Secret[]): PipelinePlan {
  if (secrets.length === 0) return plan;
  const strike = (text: string) => struckOut(text, secrets);
  return {
    ...plan,
    settings: plan.settings.map((setting) => {
      const { questions, notes, ...rest } = withoutSecret(setting, secrets);
      return {
        ...rest,
        ...(questions && { questions: questions.map(strike) }),
        ...(notes && { notes: notes.map(strike) }),
      };
    }),
    changes: plan.changes.map(({ what, why }) => ({ what: strike(what), why: strike(why) })),
  };
}

/** Settings that a config needs in any case. */
const NEEDED = /^source\.(path|text|type)$/;

function withoutSecret(setting: Setting, secrets: readonly Secret[]): Setting {
  const { value, path, questions = [] } = setting;
  const name = path.join('.');
  if (value === undefined || name === 'lake' || !stringsOf(value).some((text) => holdsSecret(text, secrets)))
    return setting;
  if (name === 'embed.url') {
    const question = 'The address of the notebook holds a secret: put the address into EMBED_URL.';
    return { ...setting, value: `\${EMBED_URL}`, isVariable: true, questions: [...questions, question] };
  }
  const question =
    'The value of the notebook holds a secret, and is left out. Say it without, or by a variable of the environment in braces after a dollar sign.';
  return {
    ...setting,
    value: NEEDED.test(name) ? 'unknown' : undefined,
    questions: [...questions, question],
  };
}

function stringsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [key, ...stringsOf(inner)]);
}
