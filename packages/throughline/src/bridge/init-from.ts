/** A pipeline made of a notebook: read, planned, asked about, checked, written. */
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, extname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import {
  type Finding,
  lintNotebook,
  NotebookError,
  type Recipe,
  readRecipe,
} from '@throughline/notebook-lint';
import { parseConfig } from '../config/index.ts';
import { EXIT, ThroughlineError } from '../error.ts';
import { type LookedAt, lookAt, type Person, pipelineName } from '../init/index.ts';
import { askMissing } from './ask-missing.ts';
import { configText } from './config-text.ts';
import { migrationText } from './migration-text.ts';
import { type PipelinePlan, type PlanInput, pipelinePlan } from './pipeline-plan.ts';
import { KIT, programFiles, type TextFile } from './program-text.ts';
import { fromEnvironment, secretsOf } from './secrets.ts';
import { planForPeople, recipeForPeople } from './strike-out.ts';
import { kitText, refuseExisting, writeFiles } from './write-files.ts';

export interface InitFromOptions {
  notebook: string;
  /** Folder of the files that are written. */
  out: string;
  /** In place of what the notebook reads. */
  source?: string | undefined;
  name?: string | undefined;
  lake: string;
  force: boolean;
}

export interface InitFromEffects {
  tell: (message: string) => void;
  /** Who is asked; nobody where there is no terminal. */
  person: Person | undefined;
}

export interface InitFromResult {
  /** Absolute paths, the config first. */
  files: string[];
  recipe: Recipe;
  plan: PipelinePlan;
  questions: string[];
}

/**
 * Throws with exit code 66 where there is no notebook, or no source at the path that was named, 65 where the notebook cannot be
 * read, 73 where a file is there already. Holds the notebook, and what `lookAt` holds of the source.
 */
export async function initFrom(
  options: InitFromOptions,
  { tell, person }: InitFromEffects,
): Promise<InitFromResult> {
  const { notebook, out, force } = options;
  const text = await notebookText(notebook);
  const { recipe: whole, findings, cells } = await readAll(text, notebook);
  const secrets = await secretsOf(cells);
  const recipe = recipeForPeople(whole, secrets);
  const pathOf = (path: string) => relativeTo(out, path, dirname(resolve(notebook)));
  const source = options.source === undefined ? undefined : relativeTo(out, options.source, process.cwd());
  const placed = withPath(recipe, pathOf);
  const looked = await lookIfThere(source ?? placed.source?.value.path, out, source !== undefined, tell);
  const input: PlanInput = {
    ...{ recipe: placed, source, looked, lake: options.lake, answers: {} },
    name: options.name ?? pipelineName(basename(notebook)),
  };
  const planOf = (of: PlanInput) => planForPeople(pipelinePlan(of), secrets);
  const plan = planOf(person ? { ...input, answers: await askMissing(person, planOf(input), input) } : input);
  const programs = programFiles(plan, recipe, (statement, place) =>
    fromEnvironment(statement, secrets, place),
  );
  const config = configText(plan, basename(notebook));
  const migration = migrationText({
    ...{
      recipe: placed,
      plan,
      findings,
      secrets,
      programs,
      pathOf,
      notes: recipe.notes,
    },
  });
  const files: TextFile[] = [
    { name: 'throughline.yaml', text: config },
    { name: 'MIGRATION.md', text: migration },
    ...programs,
    ...(programs.length === 0 ? [] : [{ name: KIT, text: await kitText() }]),
  ];
  if (!force) await refuseExisting(out, files);
  parseConfig(config, join(out, 'throughline.yaml'), { env: environmentOf(config, plan) });
  await writeFiles(out, files, force);
  const questions = plan.settings.flatMap((setting) => setting.questions ?? []);
  return { files: files.map(({ name }) => join(out, name)), recipe: placed, plan, questions };
}

/** Variables that are set where the pipeline runs, and need not be here: those of settings hold an address. */
function environmentOf(config: string, { settings }: PipelinePlan): NodeJS.ProcessEnv {
  const addresses = settings
    .filter(({ isVariable }) => isVariable)
    .map(({ value }) => String(value).slice(2, -1));
  const names = [...config.matchAll(/\$\{([A-Za-z_]\w*)\}/g)].map(([, name]) => name!);
  return Object.fromEntries(
    names.map((name) => [name, addresses.includes(name) ? 'http://127.0.0.1/v1' : 'value']),
  );
}

/** Larger files are outputs, not code: the whole text is held in memory. */
const MAX_BYTES = 256 * 2 ** 20;

async function notebookText(file: string): Promise<string> {
  const info = await stat(file).catch(() => undefined);
  if (!info?.isFile())
    throw new ThroughlineError(`${file}: there is no such notebook`, {
      code: 'no_notebook',
      exitCode: EXIT.noInput,
      hint: 'Check the path: --from NOTEBOOK.',
    });
  if (info.size > MAX_BYTES)
    throw new ThroughlineError(
      `${file} has ${Math.round(info.size / 2 ** 20)} MiB: too large for a notebook`,
      { code: 'notebook_too_large', exitCode: EXIT.badData, hint: 'Clear its outputs and save it again.' },
    );
  return await readFile(file, 'utf8');
}

async function readAll(text: string, file: string) {
  try {
    const [recipe, { findings, cells }] = [
      await readRecipe(text, { file }),
      await lintNotebook(text, { file }),
    ];
    return { recipe, findings: findings as readonly Finding[], cells };
  } catch (cause) {
    if (!(cause instanceof NotebookError)) throw cause;
    throw new ThroughlineError(`${file}: ${cause.message}`, {
      code: cause.code,
      exitCode: EXIT.badData,
      hint: 'Open it in Jupyter and save it again.',
      cause,
    });
  }
}

/** A path that starts at `from`, as one that starts at the folder of the config; addresses stay. */
function relativeTo(out: string, path: string, from: string): string {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(path) || isAbsolute(path) || /^(~|[a-z]:[\\/]|\\\\)/i.test(path))
    return path;
  return relative(resolve(out), resolve(from, path)).split(sep).join('/') || '.';
}

/** The recipe with the path of its source as the config says it. What is no file (a table, a dataset) keeps its name. */
function withPath(recipe: Recipe, pathOf: (path: string) => string): Recipe {
  const { source } = recipe;
  if (source?.value.path === undefined || /^(table|dataset)$/.test(source.value.format)) return recipe;
  return { ...recipe, source: { ...source, value: { ...source.value, path: pathOf(source.value.path) } } };
}

const LOOKABLE = /\.(csv|tsv|txt|jsonl|ndjson|parquet)$/;

/** What lies at the path. A source that was named has to be there; one of the notebook may be elsewhere. */
async function lookIfThere(
  path: string | undefined,
  out: string,
  isNamed: boolean,
  tell: (message: string) => void,
): Promise<LookedAt | undefined> {
  if (path === undefined || (!isNamed && !LOOKABLE.test(extname(path))) || /:\/\//.test(path))
    return undefined;
  try {
    return await lookAt([path], out, tell);
  } catch (error) {
    if (isNamed || !(error instanceof ThroughlineError)) throw error;
    if (error.exitCode !== EXIT.noInput) tell(`${path} cannot be looked at: ${error.message}`);
    return undefined;
  }
}
