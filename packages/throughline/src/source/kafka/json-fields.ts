/** Fields of a JSON object as texts: the same that the reader of JSON Lines gives. */

interface Source {
  source?: string;
}
type Parse = (text: string, reviver: (key: string, value: unknown, context: Source) => unknown) => unknown;
/** https://tc39.es/proposal-json-parse-with-source: the types know it not yet. */
const { parse, rawJSON, isRawJSON } = JSON as unknown as {
  parse: Parse;
  rawJSON: (text: string) => { rawJSON: string };
  isRawJSON: (value: unknown) => value is { rawJSON: string };
};

/** Whether it is a number of `jsonObject`. */
export function isNumberText(value: unknown): boolean {
  return isRawJSON(value);
}

/** The object, its numbers as they are written; undefined where the text is none, or has too many levels. */
export function jsonObject(text: string): Record<string, unknown> | undefined {
  let wellFormed = true;
  const check = (key: string, value: unknown, { source }: Source) => {
    if (!key.isWellFormed() || (typeof value === 'string' && !value.isWellFormed())) wellFormed = false;
    return typeof value === 'number' ? rawJSON(numberText(source!)) : value;
  };
  try {
    const value = parse(text, check);
    const isObject =
      typeof value === 'object' && value !== null && !Array.isArray(value) && !isRawJSON(value);
    return isObject && wellFormed ? (value as Record<string, unknown>) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || isTooDeep(error)) return undefined;
    throw error;
  }
}

/** Some thousand levels of lists in lists: more than the stack has room for. */
export function isTooDeep(error: unknown): boolean {
  return error instanceof RangeError;
}

/** Of a field: a string as it is, numbers and true and false as they are written, what has parts as JSON. Throws what `isTooDeep`. */
export function fieldText(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string') return value;
  return isRawJSON(value) ? value.rawJSON : JSON.stringify(value);
}

/** Whole numbers keep all their digits; others are the nearest double in its shortest form, with a point or an exponent. */
function numberText(source: string): string {
  if (/^-?\d+$/.test(source)) return source === '-0' ? '0' : source;
  const number = Number(source);
  if (!Number.isFinite(number)) return source;
  const text = Object.is(number, -0) ? '-0' : String(number).replace('e+', 'e');
  return /[.e]/.test(text) ? text : `${text}.0`;
}
