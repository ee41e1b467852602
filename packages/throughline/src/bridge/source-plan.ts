import type { Recipe, SourceFact } from '@throughline/notebook-lint';
import type { LookedAt } from '../init/index.ts';
import { givenNames } from './named-columns.ts';
import type { Setting } from './setting.ts';

export interface SourcePlan {
  readonly type: 'csv' | 'jsonl' | 'parquet' | 'delta';
  readonly path: string | undefined;
  readonly settings: readonly Setting[];
}

const ENCODINGS: Readonly<Record<string, string>> = {
  'latin-1': 'latin-1',
  latin1: 'latin-1',
  'iso-8859-1': 'latin-1',
  cp1252: 'latin-1',
  'windows-1252': 'latin-1',
  unicode_escape: 'latin-1',
  'utf-16': 'utf-16',
  utf16: 'utf-16',
};

/** `path`: of `--source`, else the notebook's own; `looked`: what lies there, which counts before what the notebook says. */
export function sourcePlan(
  recipe: Recipe,
  given: string | undefined,
  looked: LookedAt | undefined,
): SourcePlan {
  const fact = recipe.source;
  const origin = fact?.origin;
  const questions = recipe.questions.filter(({ about }) => about === 'source').map(({ text }) => text);
  const { type, path, hint } = formatOf(recipe, given, looked);
  if (hint !== undefined) questions.push(hint);
  const settings: Setting[] = [
    { path: ['source', 'type'], value: type, origin },
    {
      path: ['source', 'path'],
      value: path ?? `data.${type}`,
      origin: given === undefined ? origin : undefined,
      questions,
    },
  ];
  if (type === 'csv') settings.push(...dialect(recipe, looked));
  return { type, path, settings };
}

function formatOf(recipe: Recipe, given: string | undefined, looked: LookedAt | undefined) {
  const fact = recipe.source?.value;
  const path = given ?? fact?.path;
  if (looked) return { type: looked.format.type as 'csv' | 'jsonl' | 'parquet', path, hint: undefined };
  const byName = /\.(csv|tsv|jsonl|ndjson|parquet)(\.gz)?$/.exec(path ?? '')?.[1];
  const named =
    byName === undefined
      ? undefined
      : ({ csv: 'csv', tsv: 'csv', jsonl: 'jsonl', ndjson: 'jsonl', parquet: 'parquet' } as const)[byName];
  if (given !== undefined) return { type: named ?? 'csv', path, hint: undefined };
  switch (fact?.format) {
    case 'csv':
    case 'jsonl':
    case 'parquet':
      return { type: fact.format, path, hint: notOnDisk(path) };
    case 'json':
      return {
        type: 'jsonl',
        path: path?.replace(/\.json$/, '.jsonl'),
        hint: 'Write the file as JSON Lines: df.to_json(PATH, orient="records", lines=True, force_ascii=False).',
      } as const;
    case 'excel':
      return {
        type: 'csv',
        path: path?.replace(/\.xlsx?$/, '.csv'),
        hint: 'Export the sheet as CSV, or write it as Parquet: df.to_parquet(PATH).',
      } as const;
    case 'dataset':
      return {
        type: 'parquet',
        path: `data/${(path ?? 'dataset').split('/').at(-1)}.parquet`,
        hint: `Export the dataset${path === undefined ? '' : ` ${path}`}: dataset.to_parquet(PATH).`,
      } as const;
    case 'delta':
      return {
        type: 'delta',
        path,
        hint: /^s3a?:\/\//.test(path ?? '') ? undefined : notOnDisk(path),
      } as const;
    case 'table':
      return {
        type: 'parquet',
        path: `data/${(path ?? 'table').replace(/[^\w.-]/g, '_')}.parquet`,
        hint: `Where do the files of the table${path === undefined ? '' : ` ${path}`} lie? Or read it with the Spark engine: source: { type: spark, reader: delta, options: { path: ... } }.`,
      } as const;
    default:
      return { type: named ?? 'csv', path, hint: undefined };
  }
}

/** Where the notebook read from a place that is no file here. */
function notOnDisk(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(path))
    return 'Copy it to a folder of this machine, or read it with the Spark engine: a path is a file or a pattern.';
  return /^([A-Za-z]:[\\/]|\/|~)/.test(path)
    ? 'This is a path of one machine: where does the file lie for the pipeline?'
    : undefined;
}

function dialect(recipe: Recipe, looked: LookedAt | undefined): Setting[] {
  const { source } = recipe;
  const options = source?.value.options ?? {};
  const origin = source?.origin;
  const settings: Setting[] = [];
  const add = (key: string, value: unknown, usual: unknown, extra: Partial<Setting> = {}) => {
    if (value !== undefined && value !== usual)
      settings.push({ path: ['source', key], value, origin, ...extra });
  };
  const text = (...names: string[]) =>
    names.map((name) => options[name]).find((one) => typeof one === 'string') as string | undefined;
  const delimiter = looked?.format.delimiter ?? text('sep', 'delimiter', 'separator');
  if (delimiter !== undefined && delimiter.length !== 1)
    settings.push({
      path: ['source', 'delimiter'],
      value: undefined,
      origin,
      questions: [
        `The notebook separates fields by ${JSON.stringify(delimiter)}; a delimiter here is one character.`,
      ],
    });
  else add('delimiter', delimiter, ',');
  const quote = looked?.format.quote ?? text('quotechar', 'quote_char', 'quote');
  if (quote?.length === 1) add('quote', quote, '"');
  const encoding = text('encoding')?.toLowerCase();
  const known = encoding === undefined ? undefined : ENCODINGS[encoding];
  if (looked) add('encoding', looked.format.encoding, 'utf-8');
  else if (known) add('encoding', known, 'utf-8');
  else if (encoding !== undefined && !/^utf-?8(-sig|_sig)?$/.test(encoding))
    settings.push({
      path: ['source', 'encoding'],
      value: undefined,
      origin,
      questions: [
        `The notebook reads the encoding ${encoding}; here are utf-8, utf-16 and latin-1. Convert the file.`,
      ],
    });
  const names = givenNames(recipe);
  const headerless = looked
    ? looked.format.header === false
    : options.header === null ||
      options.header === 'None' ||
      options.has_header === false ||
      names !== undefined;
  if (headerless)
    settings.push({
      path: ['source', 'header'],
      value: false,
      origin,
      notes: names
        ? [`of the notebook: ${names.map((name, at) => `column${at + 1} ${name}`).join(', ')}`]
        : [],
    });
  const questions = [
    ...(names !== undefined && !headerless ? [NAMES_OF_HEADER] : []),
    ...(names === undefined && (options.names ?? options.new_columns) !== undefined ? [UNKNOWN_NAMES] : []),
    ...unsaid(options),
  ];
  if (questions.length > 0)
    settings.push({ path: ['source', 'dialect'], value: undefined, origin, questions });
  return settings;
}

const NAMES_OF_HEADER =
  'Has the file a header? The notebook reads it without one and names the columns itself; the first line of the file looks like one.';
const UNKNOWN_NAMES =
  'Which column of the file is which? The notebook gives the columns other names than the file has.';

/** Options that change rows or values and have no counterpart here, with what they are where they change nothing. */
const UNSAID: Readonly<Record<string, readonly unknown[]>> = {
  ...{ skiprows: [0, null], skip_rows: [0], skipfooter: [0], comment: [null], comment_prefix: [null] },
  ...{ quoting: [0], doublequote: [true], escapechar: [null], lineterminator: [null], decimal: ['.'] },
  ...{ thousands: [null], na_values: [null], keep_default_na: [true], null_values: [null] },
  ...{ converters: [null], true_values: [null], false_values: [null], on_bad_lines: ['error'] },
  ...{ error_bad_lines: [true], skip_blank_lines: [true], multiLine: [false, 'false'] },
};

function unsaid(options: SourceFact['options']): string[] {
  const found = Object.entries(options).filter(
    ([name, value]) => Object.hasOwn(UNSAID, name) && !UNSAID[name]!.includes(value),
  );
  if (found.length === 0) return [];
  const said = found.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(', ');
  return [
    `The notebook reads the file with ${said}, which changes rows or values and has no counterpart here. Write the file so that it needs none of it.`,
  ];
}
