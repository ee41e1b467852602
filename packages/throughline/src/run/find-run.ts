import { EXIT, ThroughlineError } from '../error.ts';
import type { Lake } from '../lake/lake.ts';
import { suggest } from '../suggest.ts';
import { listRuns, type RunEntry } from './manifest.ts';

/** By its id, its beginning if that is enough, or `latest` and `previous`. Throws with exit code 64. */
export async function findRun(lake: Lake, name: string): Promise<RunEntry> {
  const runs = await listRuns(lake);
  const place = { latest: 0, previous: 1 }[name];
  const found =
    place === undefined ? runs.filter(({ run }) => run.startsWith(name)) : runs.slice(place, place + 1);
  if (found.length === 1) return found[0]!;
  const exact = found.find(({ run }) => run === name);
  if (exact) return exact;
  const near = suggest(
    name,
    runs.map(({ run }) => run),
  );
  const which = found.length > 1 ? `${found.length} runs begin with ${name}` : `there is no run ${name}`;
  throw new ThroughlineError(`${which}${near ? `: did you mean ${near}?` : ''}`, {
    code: 'run_missing',
    exitCode: EXIT.usage,
    hint: 'See them: throughline runs',
  });
}
