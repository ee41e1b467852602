/**
 * Which columns are id, text, timestamp and attributes, by what stands in them and what they are called. Pure: facts in, a
 * choice out, with what could not be known as questions.
 */
import type { ColumnType } from '../config/index.ts';
import { attributeName } from '../source/attribute-name.ts';
import { type ColumnFacts, variety } from './column-facts.ts';
import { type TimeFormat, timeFormatOf } from './time-format.ts';

export interface ChosenAttribute {
  name: string;
  column: string;
  type: ColumnType;
}

export interface ChosenColumns {
  id: string | undefined;
  text: string[];
  timestamp: ({ column: string } & TimeFormat) | undefined;
  attributes: ChosenAttribute[];
  /** Columns that are left out, with the reason. */
  left: { column: string; reason: string }[];
}

/** Columns that a person has named; what is not named is chosen. An empty name means none. */
export interface NamedColumns {
  id?: string | undefined;
  text?: readonly string[] | undefined;
  timestamp?: string | undefined;
  attributes?: readonly string[] | undefined;
}

export interface ChoiceInput {
  columns: readonly ColumnFacts[];
  named: NamedColumns;
}

const MOST_ATTRIBUTES = 20;
/** Above, most of a column's values would be met once: of no use to filter by. */
const MOST_VARIETY = 0.5;
const FEW_VALUES = 50;
const LONGEST_ATTRIBUTE = 80;
const LEAST_FILLED = 0.02;

export function chooseColumns({ columns, named }: ChoiceInput): ChosenColumns {
  const byName = (name: string) => columns.find((column) => column.name === name);
  const text = named.text === undefined ? chooseText(columns) : [...named.text];
  const rest = columns.filter(({ name }) => !text.includes(name));
  const id = (named.id ?? chooseId(rest)) || undefined;
  const timestamp =
    named.timestamp === undefined
      ? chooseTime(rest.filter(({ name }) => name !== id))
      : named.timestamp === ''
        ? undefined
        : { column: named.timestamp, ...(timeOf(byName(named.timestamp)) ?? { format: undefined }) };
  const used = new Set([...text, id, timestamp?.column]);
  const left: ChosenColumns['left'] = [];
  const attributes: ChosenAttribute[] = [];
  for (const column of columns.filter(({ name }) => !used.has(name))) {
    if (named.attributes !== undefined && !named.attributes.includes(column.name)) continue;
    const reason = named.attributes === undefined ? reasonAgainst(column) : undefined;
    if (reason !== undefined) left.push({ column: column.name, reason });
    else if (attributes.length >= MOST_ATTRIBUTES)
      left.push({ column: column.name, reason: 'the list is long' });
    else attributes.push(attributeOf(column, attributes));
  }
  return { id, text, timestamp, attributes, left };
}

const MADE_OF_TEXT = /clean|process|normali[sz]|lemma|stem|token|preprocess|translat|embed|vector/i;
const TITLE = /^(.*[_ ])?(title|subject|summary|headline|heading)$/i;
/** As columns of a file without a header are called. */
const NAMELESS = /^column\d+$/;
const PROSE =
  /^(.*[_ .-])?(text|body|description|narrative|content|comments?|reviews?|message|details?|abstract|question|answer|pros|cons|feedback|notes?|story|article|tweet|post|positive|negative)([_ .-]?(text|body|content))?$/i;

/**
 * The column with the most prose, with the title before it, and others whose name speaks of text. Columns with what a program has made
 * of a text are no further text.
 */
function chooseText(columns: readonly ColumnFacts[]): string[] {
  const isProse = (column: ColumnFacts, words: number) =>
    column.words >= words && variety(column) >= 0.3 && isPlain(column) && timeOf(column) === undefined;
  const candidates = [3, 2, 1.2].map((words) => columns.filter((column) => isProse(column, words)));
  const prose = candidates.find((found) => found.length > 0) ?? [];
  const worth = (column: ColumnFacts) =>
    column.length * column.filled * variety(column) * (MADE_OF_TEXT.test(column.name) ? 0.5 : 1);
  const [main] = [...prose].sort((a, b) => worth(b) - worth(a));
  if (main === undefined) return [];
  const isTitle = (column: ColumnFacts) => TITLE.test(column.name) && isProse(column, 1.5);
  const isNamed = (column: ColumnFacts) => PROSE.test(column.name) || NAMELESS.test(column.name);
  const belongs = (column: ColumnFacts) =>
    !MADE_OF_TEXT.test(column.name) &&
    (isTitle(column) ||
      (isNamed(column) && column.words >= 4 && column.filled >= 0.2 && prose.includes(column)));
  const others = columns.filter((column) => column !== main && belongs(column));
  const titles = others.filter(isTitle);
  const rest = columns.filter((column) => column === main || (others.includes(column) && !isTitle(column)));
  return [...titles, ...rest].map(({ name }) => name);
}

function isPlain({ address, nested, double }: ColumnFacts): boolean {
  return address < 0.5 && nested < 0.5 && double < 0.5;
}

const ID_NAME =
  /^(.*[_ .#-])?([Ii][Dd]s?|key|[Uu][Uu][Ii][Dd]|[Gg][Uu][Ii][Dd]|[Nn]umber|[Nn]o|[Nn]r|[Nn]um|ref|[Rr]eference|sys_id)$|^[Ii][Dd]\b|[a-z]I[dD]$/;

/** Numbers that are of a person or a thing, and may come again. */
const NOT_ID = /phone|mobile|tel|fax|account|card|house|street|zip|post|ssn|iban/i;

function isCalledId({ name }: ColumnFacts): boolean {
  return ID_NAME.test(name.trim()) && !NOT_ID.test(name);
}

function isEachOnce(column: ColumnFacts): boolean {
  return column.filled === 1 && variety(column) === 1;
}

/** A column called like an id whose values are all there and all different; the first of the best name. */
function chooseId(columns: readonly ColumnFacts[]): string | undefined {
  const rank = ({ name }: ColumnFacts) =>
    /^_?(id|uuid|guid|key)$/i.test(name) ? 0 : /id$/i.test(name) ? 1 : 2;
  const candidates = columns.filter(
    (column) => isCalledId(column) && column.length <= 64 && isEachOnce(column),
  );
  return [...candidates].sort((a, b) => rank(a) - rank(b))[0]?.name;
}

const TIME_NAME =
  /date|time|day|created|updated|posted|published|received|submitted|opened|closed|_at$|timestamp|^ts$|when|year|epoch|utc/i;
/** Of a record's times the first: one that is not moved later. */
const FIRST_TIME = /creat|receiv|submit|open|post|publish|written|start|purchase|order|sent/i;
const PLAIN_TIME = /^(date|time|timestamp|datetime|day)$/i;
const LATER_TIME = /updat|modif|clos|resolv|edited|last|(^|[_ -])end|crawl|scrap|respon|repl/i;
/** Times of something else than the record. */
const OTHER_TIME = /birth|dob|(^|[_ -])due|expir|valid/i;

/** Nearly every row has to have it: rows without belong to no chunk. */
const LEAST_TIMES = 0.98;

/** Lower is better. */
function timeRank({ name }: ColumnFacts): number {
  if (OTHER_TIME.test(name)) return 5;
  if (LATER_TIME.test(name)) return 4;
  if (FIRST_TIME.test(name)) return 0;
  if (PLAIN_TIME.test(name)) return 1;
  return TIME_NAME.test(name) ? 2 : 3;
}

function chooseTime(columns: readonly ColumnFacts[]): ChosenColumns['timestamp'] {
  const found = columns.flatMap((column) => {
    const time = column.filled >= LEAST_TIMES ? timeOf(column) : undefined;
    return time === undefined ? [] : [{ column, time }];
  });
  const [best] = found.sort((a, b) => timeRank(a.column) - timeRank(b.column));
  return best && { column: best.column.name, ...best.time };
}

function timeOf(column: ColumnFacts | undefined): TimeFormat | undefined {
  return column && timeFormatOf(column.values, TIME_NAME.test(column.name));
}

function reasonAgainst(column: ColumnFacts): string | undefined {
  if (column.filled < LEAST_FILLED) return 'hardly any row has it';
  if (column.distinct === 1 && column.filled === 1 && column.rows > 1) return 'every row has the same value';
  if (column.nested >= 0.5) return 'it holds lists or objects';
  if (column.address >= 0.5) return 'it holds addresses';
  if (column.length > LONGEST_ATTRIBUTE) return 'its values are long';
  if (ID_NAME.test(column.name) && variety(column) > MOST_VARIETY)
    return 'it is called an id, and some rows share one';
  if (isNumber(column) || timeOf(column)?.format === undefined) {
    if (column.long === 1 && isEachOnce(column) && column.rows > FEW_VALUES) return 'it numbers the rows';
    if (isNumber(column) || timeOf(column) !== undefined) return undefined;
  }
  if (column.distinct > FEW_VALUES && variety(column) > MOST_VARIETY)
    return 'nearly every row has another value';
  return undefined;
}

function isNumber({ double, code, name }: ColumnFacts): boolean {
  return double === 1 && code === 0 && !ID_NAME.test(name);
}

function attributeOf(column: ColumnFacts, before: readonly ChosenAttribute[]): ChosenAttribute {
  return { name: attributeName(column.name, before), column: column.name, type: typeOf(column) };
}

function typeOf(column: ColumnFacts): ColumnType {
  const time = timeOf(column);
  if (time !== undefined && time.format === undefined) return 'timestamp';
  if (column.boolean === 1) return 'boolean';
  if (!isNumber(column)) return 'string';
  return column.long === 1 ? 'long' : 'double';
}
