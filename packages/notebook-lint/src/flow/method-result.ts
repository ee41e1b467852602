import { textOf } from '../python/node.ts';
import type { CallContext } from './call-value.ts';
import { isColumn, isFrame, namesVectors, newFrame, UNKNOWN, type Value } from './value.ts';

const CUTS = new Set(['head', 'tail', 'sample', 'limit', 'take', 'nlargest', 'nsmallest', 'select']);
/** Methods of a table that give a table of the same rows or fewer. */
const SAME =
  /^(copy|dropna|fillna|drop|drop_duplicates|reset_index|set_index|rename|sort_values|sort_index|assign|astype|merge|join|query|filter|where|explode|withColumn\w*|select\w*|repartition|coalesce|cache|persist|distinct|union\w*|orderBy|sort|toDF|map|shuffle|add_column|rename_column|remove_columns|to_frame|replace|eval|nlargest|head|tail|sample|limit|alias|melt|pivot|transform|with_columns|train_test_split|applymap|apply|bfill|ffill|isin|round|clip|crossJoin|na|unpivot|groupby_apply|to_pandas|toPandas|take)$/;
const APPLY = /^(apply|map|progress_apply|parallel_apply|applymap|map_elements|transform|progress_map)$/;
const PARSE = /^(builtins\.eval|ast\.literal_eval|json\.loads|numpy\.(array|asarray|fromstring))$/;
const TO_LIST =
  /^(tolist|to_list|to_numpy|values|to_records|itertuples|iterrows|items|iteritems|iter_rows|iter|to_dict)$/;
const ARRAY_KEEPS = /^(astype|reshape|numpy|detach|cpu|to|tolist|copy|squeeze|normalize|float|half)$/;
const GROUPS = /^(groupby|groupBy|group_by|rolling|resample|expanding)$/;
const REDUCES = /^(sum|mean|max|min|std|count|nunique|item|idxmax|idxmin|median|any|all)$/;

/** What a method of a table, a column or an array of vectors gives. */
export function methodResult(context: CallContext): Value | undefined {
  const { receiver, name } = context;
  if (name === undefined) return undefined;
  if (isFrame(receiver)) return ofFrame(receiver, name, context);
  if (isColumn(receiver)) return ofColumn(receiver, name, context);
  if (receiver.vectors) return ofVectors(receiver, name);
  if (receiver.type === 'text') return { type: name.startsWith('split') ? 'list' : 'text' };
  if (receiver.type === 'list' && name === 'copy') return receiver;
  // Setters of a builder give the builder.
  if (/^set[A-Z]\w*$/.test(name) && receiver.type === 'object') return receiver;
  // A stage of a Spark pipeline gives a table for a table.
  const given = context.valueAt(context.arguments.positional[0]);
  if (name === 'transform' && given.type === 'spark.DataFrame') return { ...given, frame: newFrame() };
  if (
    /^(fit_transform|transform)$/.test(name) &&
    /Vectorizer|Pipeline|PCA|SVD|UMAP|TSNE|NMF/.test(receiver.path ?? '')
  )
    return { type: 'array', matrix: true };
  return undefined;
}

function ofFrame(receiver: Value, name: string, context: CallContext): Value {
  if (GROUPS.test(name)) return { type: 'pandas.GroupBy', path: 'pandas.GroupBy' };
  if (name === 'collect') return { type: 'list', frame: receiver.frame ?? newFrame(), path: 'spark.rows' };
  if (name === 'toPandas' || name === 'to_pandas')
    return { ...receiver, type: 'pandas.DataFrame', path: 'pandas.DataFrame' };
  if (TO_LIST.test(name))
    return { ...receiver, type: 'list', path: `${receiver.type}.${name}()`, element: UNKNOWN };
  if (APPLY.test(name) && receiver.type === 'pandas.DataFrame') return applied(receiver, context);
  if (!SAME.test(name)) return UNKNOWN;
  const same = { ...receiver, path: receiver.type, call: context.call };
  if (name === 'select') return /^range\(/.test(firstText(context)) ? { ...same, cut: true } : same;
  return CUTS.has(name) && !context.arguments.named.has('frac') && name !== 'select'
    ? { ...same, cut: true }
    : same;
}

function firstText({ arguments: { positional } }: CallContext): string {
  return positional[0] ? textOf(positional[0]) : '';
}

function ofColumn(receiver: Value, name: string, context: CallContext): Value {
  if (APPLY.test(name)) return applied(receiver, context);
  if (TO_LIST.test(name))
    return { ...receiver, type: 'list', path: `pandas.Series.${name}()`, element: UNKNOWN };
  if (name === 'unique' || name === 'value_counts')
    return { type: 'list', few: true, path: `pandas.Series.${name}()` };
  if (REDUCES.test(name)) return UNKNOWN;
  if (GROUPS.test(name)) return { type: 'pandas.GroupBy' };
  const same = { ...receiver, path: 'pandas.Series' };
  return CUTS.has(name) ? { ...same, cut: true } : same;
}

/** `column.apply(f)`: vectors where `f` gives a vector, or where texts that are vectors are parsed. */
function applied(receiver: Value, { arguments: args, valueAt }: CallContext): Value {
  const given = valueAt(args.positional[0]);
  const { column: _, vectors: __, matrix: ___, ...rest } = receiver;
  const result = { ...rest, type: 'pandas.Series', path: 'pandas.Series' } as const;
  const parses =
    given.path === 'numpy.array' ||
    (PARSE.test(given.path ?? '') && (namesVectors(receiver.column) || receiver.vectors));
  if (parses) return { ...result, column: receiver.column!, vectors: 'many', matrix: true };
  return given.element?.vectors === 'one' ? { ...result, vectors: 'many', matrix: true } : result;
}

function ofVectors(receiver: Value, name: string): Value {
  if (name === 'append' || name === 'extend') return { type: 'none' };
  return ARRAY_KEEPS.test(name) ? { ...receiver, path: 'array' } : UNKNOWN;
}
