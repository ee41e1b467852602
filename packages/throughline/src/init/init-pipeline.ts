/** A pipeline for a source that nobody has described: looked at, columns chosen or asked for, `throughline.yaml` written. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseConfig } from '../config/index.ts';
import { PIPELINE_NAME } from '../config/primitives.ts';
import { EXIT, ThroughlineError } from '../error.ts';
import { isThere } from '../is-there.ts';
import { languageShares, unknownLanguages } from '../run/languages.ts';
import { askColumns, type Person } from './ask.ts';
import { type ChosenColumns, chooseColumns, type NamedColumns } from './choose-columns.ts';
import { findSource, pipelineName } from './find-source.ts';
import { type LookedAt, lookAt } from './look.ts';
import { namesOf, requireKnown } from './named-columns.ts';
import { writeConfig } from './write-config.ts';

export interface InitOptions {
  /** Files, folders or patterns, relative to the working folder; without any the one file that is there. */
  files: readonly string[];
  /** Folder of the config. */
  out: string;
  name?: string | undefined;
  lake: string;
  /** As they are written on the command line: names separated by commas; `none` for none. */
  columns: {
    id?: string | undefined;
    text?: string | undefined;
    timestamp?: string | undefined;
    attributes?: string | undefined;
  };
  /** Whether a config that is there is written over. */
  force: boolean;
}

export interface InitEffects {
  tell: (message: string) => void;
  /** Shown what was found, before anything is asked or written. */
  preview: (looked: LookedAt, chosen: ChosenColumns) => void;
  /** Who is asked; nobody where there is no terminal. */
  person: Person | undefined;
}

export interface InitResult {
  file: string;
  looked: LookedAt;
  chosen: ChosenColumns;
  questions: string[];
}

const FILE = 'throughline.yaml';

/** Throws with exit code 73 where the config is there already, 65 where no column has text, and what `lookAt` throws. */
export async function initPipeline(
  options: InitOptions,
  { tell, preview, person }: InitEffects,
): Promise<InitResult> {
  const { out, force } = options;
  const file = join(out, FILE);
  if (!force && (await isThere(file))) throw alreadyThere(file);
  if (options.name !== undefined && !PIPELINE_NAME.test(options.name)) throw badName(options.name);
  const paths = await findSource(options.files, out);
  const looked = await lookAt(paths, out, tell);
  const names = looked.columns.map(({ name }) => name);
  const named = namedOf(options.columns, names);
  const first = chooseColumns({ columns: looked.columns, named });
  preview(looked, first);
  const chosen = person
    ? chooseColumns({ columns: looked.columns, named: await askColumns(person, first, named, names) })
    : first;
  if (chosen.text.length === 0) throw noText(names);
  const { yaml, questions } = writeConfig({
    ...{ looked, chosen, lake: options.lake },
    name: options.name ?? pipelineName(paths[0]!),
    path: paths.length === 1 ? paths[0]! : paths,
    languages: languagesOf(looked, chosen),
  });
  parseConfig(yaml, file, { env: {} });
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, yaml, { flag: force ? 'w' : 'wx' });
  return { file, looked, chosen, questions };
}

function namedOf(
  { id, text, timestamp, attributes }: InitOptions['columns'],
  names: readonly string[],
): NamedColumns {
  const one = (name: string | undefined) => (name === 'none' ? '' : name);
  const several = (words: string | undefined) =>
    words === undefined ? undefined : words === 'none' ? [] : namesOf(words, names);
  const named = {
    id: one(id),
    text: several(text),
    timestamp: one(timestamp),
    attributes: several(attributes),
  };
  requireKnown(named, names);
  return named;
}

/** Languages that the default model does not know, by the beginnings of the texts. */
function languagesOf({ columns }: LookedAt, { text }: ChosenColumns): string[] {
  const texts = columns
    .filter(({ name }) => text.includes(name))
    .flatMap(({ values }) => values.slice(0, 500));
  const told = languageShares(texts).filter(({ share }) => share >= 0.1);
  return unknownLanguages(told, ['en']).map(({ language }) => language);
}

function alreadyThere(file: string): ThroughlineError {
  return new ThroughlineError(`${file} is there already`, {
    code: 'config_exists',
    exitCode: EXIT.cannotWrite,
    hint: 'Choose another folder (--out), or write over it: --force',
  });
}

function badName(name: string): ThroughlineError {
  return new ThroughlineError(`--name ${name}: a name is letters, digits, - and _`, {
    code: 'usage',
    exitCode: EXIT.usage,
  });
}

function noText(names: readonly string[]): ThroughlineError {
  return new ThroughlineError('no column looks like text that people have written', {
    code: 'no_text',
    exitCode: EXIT.badData,
    hint: `Name it: --text COLUMN. The columns: ${names.slice(0, 40).join(', ')}.`,
  });
}
