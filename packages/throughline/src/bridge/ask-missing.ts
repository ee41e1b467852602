import type { Person } from '../init/index.ts';
import type { PipelinePlan, PlanInput } from './pipeline-plan.ts';

/** Asks a person what the notebook does not say: text, id and revision. Enter leaves the question in the file. */
export async function askMissing(
  person: Person,
  plan: PipelinePlan,
  { recipe, looked }: PlanInput,
): Promise<PlanInput['answers']> {
  const there = looked?.columns.map(({ name }) => name);
  const text = recipe.text ? undefined : await columnsOf(person, 'Text (what is embedded)', there);
  const id = plan.id === undefined ? (await columnsOf(person, 'Id', there))?.[0] : undefined;
  const asksRevision = recipe.questions.some(({ about }) => about === 'revision');
  const revision = asksRevision
    ? await revisionOf(person, recipe.model?.value.name ?? 'the model')
    : undefined;
  return {
    ...(text && { text }),
    ...(id !== undefined && { id }),
    ...(revision !== undefined && { revision }),
  };
}

async function columnsOf(
  person: Person,
  question: string,
  there: readonly string[] | undefined,
): Promise<string[] | undefined> {
  const choices = there ? ` of ${there.slice(0, 30).join(', ')}` : '';
  for (;;) {
    const answer = (await person.answer(`${question}${choices} [later]: `)).trim();
    if (answer === '') return undefined;
    const names = there?.includes(answer)
      ? [answer]
      : answer
          .split(',')
          .map((name) => name.trim())
          .filter((name) => name !== '');
    const unknown = names.filter((name) => there && !there.includes(name));
    if (unknown.length === 0) return names;
    person.tell(
      `The file has no column ${unknown.join(', ')}. Columns are separated by commas; Enter leaves the question.`,
    );
  }
}

async function revisionOf(person: Person, model: string): Promise<string | undefined> {
  for (;;) {
    const answer = (await person.answer(`Revision of ${model}, a commit [later]: `)).trim();
    if (answer === '') return undefined;
    if (/^[\w./-]+$/.test(answer)) return answer;
    person.tell('A revision is a commit, a tag or a branch: letters, digits and ./-');
  }
}
