import type { Kernel } from './notebook.ts';

type Json = Readonly<Record<string, unknown>>;

const LANGUAGES: Readonly<Record<string, string>> = { ir: 'r', 'r-kernel': 'r', irkernel: 'r', sos: 'sos' };

/** The language of a notebook's cells, from its metadata. Python where nothing says otherwise. */
export function kernelOf(document: Json, cells: readonly unknown[]): Kernel {
  const metadata = objectOf(document.metadata);
  const spec = objectOf(metadata.kernelspec);
  const name = textOf(spec.name);
  const stated =
    textOf(spec.language) || textOf(objectOf(metadata.language_info).name) || cellLanguage(cells);
  return { language: normalised(stated || fromName(name)), name };
}

/** nbformat 3 keeps the language in each cell. */
function cellLanguage(cells: readonly unknown[]): string {
  return cells.map((cell) => textOf(objectOf(cell).language)).find((language) => language !== '') ?? '';
}

function fromName(name: string): string {
  const key = name.toLowerCase();
  return LANGUAGES[key] ?? (/^(julia|scala|r|javascript|ruby|bash|dotnet)/.exec(key)?.[0] || 'python');
}

function normalised(language: string): string {
  const lower = language.toLowerCase();
  return /^(i?python|python\d|pyspark)/.test(lower) ? 'python' : lower;
}

function objectOf(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
