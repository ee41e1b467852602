import { EXIT, ThroughlineError } from '../error.ts';
import { suggest } from '../suggest.ts';

export function unknownTheme(id: string, themes: readonly string[]): ThroughlineError {
  const near = suggest(id, themes);
  return new ThroughlineError(`there is no theme ${id}${near ? `: did you mean ${near}?` : ''}`, {
    code: 'theme_missing',
    exitCode: EXIT.usage,
    hint: `There are ${themes.length}: throughline themes --all`,
  });
}
