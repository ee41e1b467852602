import type { ArgumentFact, Formula, FunctionSource } from '@throughline/notebook-lint';

export interface PythonText {
  /** An expression of `row`, a dict of texts by column. */
  readonly expression: string;
  /** Functions of the notebook that it calls. */
  readonly functions: readonly string[];
  /** Whether it uses `re`. */
  readonly usesRe: boolean;
  /** Whether a row is given as an object with attributes. */
  readonly usesNamespace: boolean;
}

class NotExact extends Error {}

/** A text as a Python expression, or undefined where a part of it is not known. */
export function pythonOfText(formula: Formula, sources: readonly FunctionSource[]): PythonText | undefined {
  const functions = new Set<string>();
  let usesRe = false;
  let usesNamespace = false;
  try {
    return { expression: python(formula), functions: [...functions], usesRe, usesNamespace };
  } catch (error) {
    if (error instanceof NotExact) return undefined;
    throw error;
  }

  function python(at: Formula): string {
    switch (at.op) {
      case 'column':
        return `row[${quoted(at.name)}]`;
      case 'literal':
        return quoted(at.value);
      case 'concat':
        return `(${at.parts.map(python).join(' + ')})`;
      case 'text':
        return `str(${python(at.of)})`;
      case 'fill':
        return `(${python(at.of)} or ${quoted(at.value)})`;
      case 'slice':
        return `${python(at.of)}[${at.start ?? ''}:${at.end ?? ''}]`;
      case 'method':
        return method(at);
      case 'call':
        return call(at);
      default:
        throw new NotExact();
    }
  }

  function method({ name, of, args, regex }: Extract<Formula, { op: 'method' }>): string {
    if (name === 'replace' && regex) {
      usesRe = true;
      return `re.sub(${quoted(String(args[0]))}, ${quoted(String(args[1]))}, ${python(of)})`;
    }
    // `Series.str.normalize` and `.encode` are no methods of a text that give a text.
    if (/^(normalize|encode|decode|translate)$/.test(name)) throw new NotExact();
    const given = args.map(pythonLiteral);
    return `${python(of)}.${name}(${given.join(', ')})`;
  }

  function call({ name, of, ofRow, args }: Extract<Formula, { op: 'call' }>): string {
    functions.add(name);
    const further = argumentsText(args);
    if (!ofRow) return `notebook.${name}(${python(of)}${further})`;
    const source = sources.find((one) => one.name === name)?.source ?? '';
    const parameter = /(?:def\s+\w+\s*\(|lambda\s+)\s*(\w+)/.exec(source)?.[1] ?? 'row';
    const byAttribute = new RegExp(`\\b${parameter}\\.(?!(get|items|keys|values)\\b)\\w+`).test(source);
    const byKey = new RegExp(`\\b${parameter}(\\[|\\.(get|items|keys|values)\\b)`).test(source);
    if (byAttribute && byKey) throw new NotExact();
    if (!byAttribute) return `notebook.${name}(row${further})`;
    usesNamespace = true;
    return `notebook.${name}(SimpleNamespace(**row)${further})`;
  }
}

/** Literals after the first argument: `, 200, overlap=20`. */
export function argumentsText(args: readonly ArgumentFact[] = []): string {
  return args
    .map(({ name, value }) => `, ${name === undefined ? '' : `${name}=`}${pythonLiteral(value)}`)
    .join('');
}

function pythonLiteral(value: string | number | boolean | null): string {
  if (value === null) return 'None';
  if (typeof value === 'string') return quoted(value);
  return typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value);
}

/** JSON's strings are Python's, but for characters beyond the first plane written as two escapes, which are not escaped here. */
export function quoted(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029\ud800-\udfff]/g,
    (unit, at: number, whole: string) =>
      whole.codePointAt(at)! > 0xffff || /[\udc00-\udfff]/.test(unit)
        ? unit
        : `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
