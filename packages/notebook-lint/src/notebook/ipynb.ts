import { fileLines } from './file-lines.ts';
import { scanStrings } from './json-strings.ts';
import { kernelOf } from './kernel.ts';
import { type Cell, type Notebook, NotebookError, type Outputs } from './notebook.ts';

type Json = Readonly<Record<string, unknown>>;

/** nbformat 3 (cells in worksheets, `input`, `pyout`) and 4. Missing fields are passed over and noted. */
export function readIpynb(text: string): Notebook {
  const document = parse(text);
  const version = typeof document.nbformat === 'number' ? document.nbformat : undefined;
  const worksheets = arrayOf(document.worksheets).filter(isObject);
  const old = document.cells === undefined && worksheets.length > 0;
  const raw = old ? worksheets.flatMap((sheet) => arrayOf(sheet.cells)) : document.cells;
  const places = old
    ? worksheets.flatMap((sheet, index) => arrayOf(sheet.cells).map((_, cell) => `${index}/${cell}`))
    : undefined;
  if (!Array.isArray(raw))
    throw new NotebookError('the file is JSON, but has no list of cells: it is no notebook');
  const notes: string[] = [];
  if (version !== undefined && version !== 3 && version !== 4)
    notes.push(`nbformat ${version} is neither 3 nor 4: read as ${old ? 3 : 4}.`);
  const lines = fileLines(text);
  const cells = raw.map((cell, index) =>
    withFileLines(readCell(cell, index, notes), lines.get(places?.[index] ?? `0/${index}`)),
  );
  return { format: old ? 'nbformat3' : 'nbformat4', kernel: kernelOf(document, raw), cells, notes };
}

function parse(text: string): Json {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw new NotebookError(`the file is not valid JSON: ${whereInJson(text)}`);
  }
  if (isObject(document)) return document;
  throw new NotebookError('the file is JSON, but no object: it is no notebook');
}

function whereInJson(text: string): string {
  const offset = scanStrings(text, () => {}) ?? text.length;
  const before = text.slice(0, offset).split('\n');
  const met = offset >= text.length ? 'it ends too early' : `unexpected ${JSON.stringify(text[offset])}`;
  return `${met} at line ${before.length}, column ${before.at(-1)!.length + 1}`;
}

/** Only where each line of the cell has one of its own. */
function withFileLines(cell: Cell, lines: readonly number[] | undefined): Cell {
  const count = cell.source.replace(/\n$/, '').split('\n').length;
  return lines?.length === count ? { ...cell, fileLines: lines } : cell;
}

function readCell(cell: unknown, index: number, notes: string[]): Cell {
  if (!isObject(cell)) {
    notes.push(`Cell ${index} is no object: passed over.`);
    return { index, kind: 'raw', source: '', executionCount: null, outputs: undefined, firstLine: undefined };
  }
  const kind = cell.cell_type === 'code' ? 'code' : cell.cell_type === 'markdown' ? 'markdown' : 'raw';
  const source = sourceOf(cell.source ?? cell.input);
  if (source === undefined && kind === 'code') notes.push(`Cell ${index} has no source: passed over.`);
  const outputs = kind === 'code' && Array.isArray(cell.outputs) ? outputsOf(cell.outputs) : undefined;
  const executionCount = countOf(cell.execution_count ?? cell.prompt_number);
  return { index, kind, source: source ?? '', executionCount, outputs, firstLine: undefined };
}

function sourceOf(source: unknown): string | undefined {
  const text = Array.isArray(source) ? source.filter((line) => typeof line === 'string').join('') : source;
  return typeof text === 'string' ? text.replace(/\r\n?/g, '\n') : undefined;
}

function countOf(count: unknown): number | null {
  return typeof count === 'number' && Number.isInteger(count) && count > 0 ? count : null;
}

function outputsOf(outputs: readonly unknown[]): Outputs {
  const types = outputs.filter(isObject).map(({ output_type }) => output_type);
  return {
    count: types.length,
    result: types.includes('execute_result') || types.includes('pyout'),
    error: types.includes('error') || types.includes('pyerr'),
  };
}

function arrayOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
