import { EXIT, ThroughlineError } from './error.ts';
import { suggest } from './suggest.ts';

/** A name that is no attribute of text: the nearest one, and all that there are. `hint` says what else may be meant. */
export function unknownAttribute(name: string, known: readonly string[], hint?: string): ThroughlineError {
  const near = suggest(name, known);
  const none = `Keep the column as an attribute (source.attributes), and run again.`;
  return new ThroughlineError(
    `there is no attribute of text ${name}${near === undefined ? '' : `: did you mean ${near}?`}`,
    {
      code: 'attribute_unknown',
      exitCode: EXIT.usage,
      hint: hint ?? (known.length === 0 ? none : `There are: ${known.join(', ')}.`),
    },
  );
}
