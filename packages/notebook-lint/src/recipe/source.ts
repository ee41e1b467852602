import { argumentsOf } from '../python/call.ts';
import { field, type SyntaxNode, textOf } from '../python/node.ts';
import { literalOf, textLiteral } from './constants.ts';
import { factOf } from './origin.ts';
import type { Fact, SourceFact } from './recipe.ts';
import type { Trace } from './trace/trace.ts';
import type { Reading } from './trace/traced.ts';

/** Options that say how the file is written, or which part of it is read. */
const OPTIONS = [
  ...[
    'sep',
    'delimiter',
    'separator',
    'encoding',
    'quotechar',
    'quote_char',
    'quote',
    'header',
    'lines',
    'orient',
    'split',
  ],
  ...[
    'nrows',
    'n_rows',
    'skiprows',
    'names',
    'usecols',
    'index_col',
    'dtype',
    'parse_dates',
    'date_format',
    'dayfirst',
  ],
  ...[
    'na_values',
    'keep_default_na',
    'sheet_name',
    'compression',
    'multiLine',
    'escapechar',
    'comment',
    'decimal',
    'thousands',
    'quoting',
    'skip_rows',
    'skipfooter',
    'on_bad_lines',
    'error_bad_lines',
    'converters',
    'true_values',
    'false_values',
    'new_columns',
    'has_header',
    'comment_prefix',
    'null_values',
    'doublequote',
    'skip_blank_lines',
    'lineterminator',
  ],
];

export function sourceFact(reading: Reading, trace: Trace): Fact<SourceFact> {
  const { node, path: reader } = reading;
  const { positional, named } = argumentsOf(node);
  const options: Record<string, string | number | boolean | null> = {};
  for (const [name, value] of [...named, ...builderOptions(node)])
    if (OPTIONS.includes(name)) options[name] = literalOf(value, trace) ?? textOf(value);
  const first =
    named.get('path') ??
    named.get('filepath_or_buffer') ??
    named.get('io') ??
    named.get('data_files') ??
    positional[0];
  const path = /^(json|pickle)\./.test(reader) ? openedPath(first, trace) : pathOf(first, trace);
  const format = formatOf(reader, path, options, node);
  return factOf({ reader, format, path, options }, node);
}

/** A text, or a list of which the first stands for all; `glob("data/*.csv")`. */
function pathOf(node: SyntaxNode | undefined, trace: Trace): string | undefined {
  if (!node) return undefined;
  const text = textLiteral(node, trace);
  if (text !== undefined) return text;
  if (node.type === 'call') {
    const inner = argumentsOf(node).positional[0];
    const path = trace.analysis.knownOf(field(node, 'function')).path ?? '';
    return /glob|open|Path|str$/.test(path) ? pathOf(inner, trace) : undefined;
  }
  return node.type === 'identifier' ? globbed(node, trace) : undefined;
}

/** `for f in glob.glob("data/*.csv")`: the loop's variable, or the comprehension's, stands for the pattern. */
function globbed(node: SyntaxNode, trace: Trace): string | undefined {
  const name = textOf(node);
  for (let up = node.parent; up; up = up.parent)
    for (const at of [up, ...up.children]) {
      if (at.type !== 'for_statement' && at.type !== 'for_in_clause') continue;
      const [left, right] = [field(at, 'left'), field(at, 'right')];
      if (left && right && textOf(left) === name) return globOf(right, trace);
    }
  return undefined;
}

function globOf(node: SyntaxNode, trace: Trace): string | undefined {
  if (node.type === 'identifier') {
    const call = trace.analysis.knownOf(node).call;
    return call ? globOf(call, trace) : undefined;
  }
  if (node.type !== 'call') return undefined;
  const path = trace.analysis.knownOf(field(node, 'function')).path ?? '';
  const [first] = argumentsOf(node).positional;
  if (/^builtins\.sorted$/.test(path)) return first && globOf(first, trace);
  const pattern = textLiteral(first, trace);
  if (pattern === undefined || !/glob/.test(path)) return undefined;
  const owner = field(field(node, 'function'), 'object');
  const folder = /pathlib/.test(path) ? textLiteral(owner, trace) : undefined;
  return folder === undefined ? pattern : `${folder.replace(/\/$/, '')}/${pattern}`;
}

/** `json.load(f)` where `f` was opened: the path stands in `open`. */
function openedPath(node: SyntaxNode | undefined, trace: Trace): string | undefined {
  if (!node) return undefined;
  const call = trace.analysis.knownOf(node).call;
  if (call) return textLiteral(argumentsOf(call).positional[0], trace);
  const open = /open\(\s*["']([^"']+)["']/.exec(textOf(node));
  return open?.[1];
}

/** `.option("header", True).options(delimiter=",")` before `.csv(...)`. */
function builderOptions(node: SyntaxNode): [string, SyntaxNode][] {
  const found: [string, SyntaxNode][] = [];
  let at = field(field(node, 'function'), 'object');
  while (at?.type === 'call') {
    const { positional, named } = argumentsOf(at);
    const name = field(field(at, 'function'), 'attribute');
    if (name && textOf(name) === 'option' && positional[0] && positional[1])
      found.push([textOf(positional[0]).replace(/^["']|["']$/g, ''), positional[1]]);
    else found.push(...named);
    at = field(field(at, 'function'), 'object');
  }
  return found;
}

function formatOf(
  reader: string,
  path: string | undefined,
  options: SourceFact['options'],
  node: SyntaxNode,
): SourceFact['format'] {
  if (/load_dataset|load_from_disk/.test(reader)) return 'dataset';
  if (/Session\.(table|sql)$|\.read\.table$|duckdb/.test(reader)) return 'table';
  if (/\.load$/.test(reader) && /pyspark/.test(reader)) {
    const format = /\.format\(\s*["'](\w+)["']/.exec(textOf(node))?.[1] ?? 'delta';
    return format === 'csv' || format === 'parquet' || format === 'delta'
      ? format
      : format === 'json'
        ? 'jsonl'
        : 'other';
  }
  if (/ndjson/.test(reader) || options.lines === true) return 'jsonl';
  if (/pyspark.*json$/.test(reader)) return 'jsonl';
  if (/json/.test(reader)) return /\.jsonl$/.test(path ?? '') ? 'jsonl' : 'json';
  if (/csv|table|fwf/.test(reader)) return 'csv';
  if (/parquet/.test(reader)) return 'parquet';
  return /excel/.test(reader) ? 'excel' : 'other';
}
