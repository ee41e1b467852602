import type { Call } from '../analysis.ts';
import type { Value } from '../flow/value.ts';
import { isTrue, stringText } from '../python/call.ts';
import { textOf } from '../python/node.ts';
import type { Rule } from './rule.ts';

const PANDAS =
  /^(pandas|cudf|modin\.pandas)\.read_(csv|json|excel|parquet|table|feather|pickle|fwf|orc|hdf|stata|sas|sql|sql_query|sql_table|xml)$/;
const POLARS = /^polars\.read_(csv|json|ndjson|parquet|excel|ipc)$/;
const OTHER =
  /^(numpy\.(load|loadtxt|genfromtxt)|joblib\.load|pyarrow\.(parquet|csv|feather|json)\.read_(table|csv|json|feather))$/;
const PARSED = /^(json|pickle|yaml|dill|cloudpickle|orjson|ujson)\.load$/;
const LOADERS =
  /document_loaders(\.\w+)*\.(?!\w*(Web|Url|URL|Wiki|You|Arxiv|Selenium|Playwright|Sitemap|Github|Notion|Slack|Confluence))\w*Loader\.(load|load_and_split)$/;
const LIMITS = [
  'chunksize',
  'nrows',
  'usecols',
  'iterator',
  'columns',
  'filters',
  'n_rows',
  'mmap_mode',
  'max_rows',
  'batch_size',
];
/** A model is loaded whole, whoever does it. */
const MODEL = /model|clf|classifier|scaler|vectori[sz]er|pipeline|encoder|tokeni[sz]er/i;
/** Files that are small because of what they are for. */
const SMALL =
  /(config|settings|secret|(^|[_\-/'"])keys?(\.|$)|passw|\bpw\b|credential|api[_-]?key|token|schema|metadata|prompt|template|stop_?words|vocab|\.env|\.ya?ml$|\.toml$|\.ini$|\.pem$|\.key$|\.html?$|\.sql$)/i;

export const wholeFileRead: Rule = {
  id: 'whole-file-read',
  severity: 'warning',
  title: 'a whole file read into memory',
  why: 'It works on the sample and ends in an out-of-memory kill on the full history.',
  fix: '`source: { type: csv, path: ... }` reads chunk by chunk: memory does not grow with the file.',
  *check({ calls, knownOf }) {
    for (const call of calls) {
      const what = readsWhole(call, (node) => knownOf(node));
      if (what) yield { at: call.node, message: what };
    }
  },
};

type ValueAt = Parameters<Rule['check']>[0]['knownOf'];

function readsWhole(call: Call, knownOf: ValueAt): string | undefined {
  const { path, name, arguments: args, receiver } = call;
  if (LIMITS.some((limit) => args.named.has(limit))) return undefined;
  if (PANDAS.test(path) && isTrue(args.named.get('iterator'))) return undefined;
  const first = args.positional[0];
  if (isSmall(fileText(first, knownOf)) || isSmall(call.receiverNode && textOf(call.receiverNode)))
    return undefined;
  if (/^(joblib|pickle|dill|cloudpickle)\./.test(path) && MODEL.test(fileText(first, knownOf) ?? ''))
    return undefined;
  if (PANDAS.test(path) || POLARS.test(path) || OTHER.test(path))
    return `\`${name}\` loads the whole file: no limit, no chunks`;
  if (LOADERS.test(path)) return 'All documents are loaded at once';
  const given = knownOf(first);
  const opened = given.type === 'file' || /^csv\.(reader|DictReader)/.test(given.path ?? '');
  if (opened && !writes(given, knownOf)) {
    if (PARSED.test(path)) return 'The whole file is parsed at once';
    if (path === 'builtins.list') return 'All lines of the file are kept in a list';
  }
  const reads =
    (name === 'read' && args.positional.length === 0 && !isBinary(receiver)) || name === 'readlines';
  if (reads && receiver.type === 'file' && !writes(receiver, knownOf))
    return 'The whole file is read at once';
  if ((name === 'read_text' || name === 'read_bytes') && /^pathlib\.Path/.test(path))
    return 'The whole file is read at once';
  return undefined;
}

/** The name of the file that is read, where the notebook spells it out. */
function fileText(node: Call['node'] | undefined, knownOf: ValueAt): string | undefined {
  const value = knownOf(node);
  if (typeof value.literal === 'string') return value.literal;
  const opened = value.call?.children.at(-1)?.children[0];
  if (value.type === 'file') return fileText(opened, knownOf);
  return stringText(node) ?? (node && textOf(node));
}

/** Opened for writing, or one of the small files. */
function writes({ call }: { readonly call?: Call['node'] }, knownOf: ValueAt): boolean {
  const [path, mode] = call?.children.at(-1)?.children ?? [];
  if (isSmall(fileText(path, knownOf))) return true;
  return /^[wax]/.test(stringText(mode) ?? 'r');
}

/** A picture or a PDF, not a table of texts. */
function isBinary({ call }: Value): boolean {
  return /b/.test(stringText(call?.children.at(-1)?.children[1]) ?? '');
}

function isSmall(file: string | undefined): boolean {
  return file !== undefined && SMALL.test(file);
}
