/** `throughline init --from NOTEBOOK`. */
import { relative, resolve } from 'node:path';
import { EXIT, ThroughlineError } from '../error.ts';
import type { Person } from '../init/index.ts';
import { type Context, printJson } from './context.ts';

export interface InitFromCommandOptions {
  from?: string;
  source?: string;
  name?: string;
  lake: string;
  out: string;
  force?: boolean;
  json?: boolean;
  id?: string;
  text?: string;
  timestamp?: string;
  attributes?: string;
}

export async function initFromNotebook(
  files: readonly string[],
  options: InitFromCommandOptions,
  person: Person | undefined,
  context: Context,
): Promise<void> {
  refuseOthers(files, options);
  const { initFrom, placeOf } = await import('../bridge/index.ts');
  const { terminal } = context;
  const { source, name, lake, force = false } = options;
  const out = resolve(options.out);
  const result = await initFrom(
    { notebook: options.from!, out, source, name, lake, force },
    { tell: (message) => terminal.log(message), person },
  );
  const { plan, questions, recipe } = result;
  const written = result.files.map((file) => relative(process.cwd(), file));
  if (options.json) {
    const taken = plan.settings.filter(({ value, origin }) => value !== undefined && origin !== undefined);
    printJson(context, {
      ...{ config: result.files[0], files: result.files, questions },
      taken: taken.map(({ path, value, origin }) => ({
        setting: path.join('.'),
        value,
        cell: origin!.cell,
        line: origin!.line,
        source: origin!.source,
      })),
      queries: recipe.queries.map(({ value }) => value),
      changes: plan.changes,
    });
    return;
  }
  for (const { path, value, origin } of plan.settings)
    if (value !== undefined && origin)
      terminal.log(`${path.join('.')}: ${JSON.stringify(value)}  (${placeOf(origin, 60)})`);
  for (const question of questions) terminal.log(`Question: ${question}`);
  terminal.print(`Written: ${written.join(', ')}`);
  const config = written[0] === 'throughline.yaml' ? '' : ` --config ${written[0]}`;
  terminal.print(`Next: ${relative(process.cwd(), result.files[1]!)}, then throughline plan${config}`);
}

/** Of the other way to begin: what a notebook says is changed in what is written. */
function refuseOthers(files: readonly string[], options: InitFromCommandOptions): void {
  const named = (['id', 'text', 'timestamp', 'attributes'] as const).find(
    (name) => options[name] !== undefined,
  );
  if (files.length === 0 && named === undefined) return;
  throw new ThroughlineError(
    files.length > 0
      ? 'init takes files, or a notebook with --from'
      : `--${named} is not an option of --from`,
    {
      code: 'usage',
      exitCode: EXIT.usage,
      hint:
        files.length > 0
          ? 'The source of a notebook: --from NOTEBOOK --source FILE'
          : 'Say it in the throughline.yaml that is written.',
    },
  );
}
