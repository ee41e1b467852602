/** Questions to a person about what was chosen; an empty answer keeps it. */
import type { ChosenColumns, NamedColumns } from './choose-columns.ts';
import { namesOf, requireKnown } from './named-columns.ts';

export interface Person {
  /** Shows the prompt and gives the line that was typed. */
  answer(prompt: string): Promise<string>;
  /** Shows why an answer is not one. */
  tell(message: string): void;
}

/** What the person says of each role; what is already `named` is not asked again. `-` means none. */
export async function askColumns(
  person: Person,
  chosen: ChosenColumns,
  named: NamedColumns,
  columns: readonly string[],
): Promise<NamedColumns> {
  const attributes = chosen.attributes.map(({ column }) => column);
  const text = named.text ?? (await ask(person, 'Text (what is searched)', chosen.text, columns));
  const id = named.id ?? (await ask(person, 'Id', chosen.id ? [chosen.id] : [], columns))[0] ?? '';
  const time =
    named.timestamp ??
    (await ask(person, 'Time', chosen.timestamp ? [chosen.timestamp.column] : [], columns))[0];
  return {
    ...{ text, id, timestamp: time ?? '' },
    attributes: named.attributes ?? (await ask(person, 'Attributes (to filter by)', attributes, columns)),
  };
}

async function ask(
  person: Person,
  question: string,
  chosen: readonly string[],
  columns: readonly string[],
): Promise<readonly string[]> {
  for (;;) {
    const answer = (await person.answer(`${question} [${chosen.join(', ') || 'none'}]: `)).trim();
    if (answer === '') return chosen;
    if (answer === '-') return [];
    const names = namesOf(answer, columns);
    try {
      requireKnown({ attributes: names }, columns);
      return names;
    } catch (error) {
      person.tell(
        `${(error as Error).message}. Columns are separated by commas; - means none; Enter keeps what is in brackets.`,
      );
    }
  }
}
