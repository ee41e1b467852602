/** The user's own clustering as a program: it gets the sample that a fit is made of, and says which text is in which theme. */
import {
  CommandBrokenError,
  CommandFailure,
  type CommandSettings,
  programDigest,
  programOf,
  type RowAnswer,
  startCommand,
} from '../command/index.ts';
import type { LoadedConfig } from '../config/index.ts';
import { EXIT, ThroughlineError } from '../error.ts';
import type { Sample } from './read-sample.ts';

export interface ThemesProgram {
  command: CommandSettings;
  /** Of the command and its files: an edited program is another one. */
  digest: string;
}

/** What a program calls a theme. */
export type GivenLabel = string | number;

/** The program of `themes.command`. Undefined where none is named; throws with exit code 66 where a file of `files` is not there. */
export async function configuredProgram({
  config: { themes },
  directory,
}: Pick<LoadedConfig, 'config' | 'directory'>): Promise<ThemesProgram | undefined> {
  const { command, files, timeout } = themes;
  if (command === undefined) return undefined;
  return {
    command: programOf({ command, timeout }, directory),
    digest: await programDigest({ command, files }, directory),
  };
}

/** What of a sample a program is told. */
type SampleRows = Pick<Sample, 'ids' | 'texts' | 'vectors' | 'dimension'>;

/**
 * The label of each text, null where it is in no theme of its own. Throws CommandBrokenError where the program does not answer all texts, and
 * with exit code 69 for what is no label. Memory: one row at a time, besides the answers.
 */
export async function labelsOf(
  { command }: Pick<ThemesProgram, 'command'>,
  sample: SampleRows,
  signal?: AbortSignal,
): Promise<(GivenLabel | null)[]> {
  const program = startCommand(command);
  try {
    const answers = await program.askLast(rowsOf(sample), sample.ids.length, signal);
    const labels = answers.map((answer, row) => labelOf(answer, row, sample.ids[row]!));
    checkNumber(labels);
    return labels;
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    const { message, isStarted } = error;
    throw new CommandBrokenError({ message: `themes.command, ${message}`, isStarted });
  } finally {
    await program.close();
  }
}

function* rowsOf({ texts, vectors, dimension }: SampleRows): Generator<object> {
  for (const [row, text] of texts.entries())
    yield { text, vector: Array.from(vectors.subarray(row * dimension, (row + 1) * dimension)) };
}

const LONGEST_LABEL = 200;
/** As DBSCAN and HDBSCAN say it. */
const IN_NONE = -1;

function labelOf(answer: RowAnswer, row: number, passage: string): GivenLabel | null {
  const bad = (what: string) => badLabels(`row ${row} (passage ${passage}): ${what}`);
  if ('dropped' in answer) throw bad('it was dropped');
  if ('code' in answer) throw bad(`it was refused: ${answer.code}: ${answer.message}`);
  const { label } = answer.row;
  if (label === null || label === IN_NONE) return null;
  if (typeof label === 'number' && Number.isSafeInteger(label) && label >= 0) return label;
  if (typeof label !== 'string') throw bad(`its label is ${shown(label)}`);
  const text = label.trim().toWellFormed();
  if (text === '') throw bad('its label is empty');
  if (text.length > LONGEST_LABEL) throw bad(`its label has ${text.length} characters`);
  return text;
}

function shown(label: unknown): string {
  return label === undefined ? 'missing' : JSON.stringify(label).slice(0, 100);
}

/** Each theme is told by one exemplar at least, of which a fit keeps 2,000. */
const MOST_THEMES = 2_000;

function checkNumber(labels: readonly (GivenLabel | null)[]): void {
  const different = new Set(labels).size;
  if (different > MOST_THEMES)
    throw badLabels(`${different} different labels for ${labels.length} texts, at most ${MOST_THEMES}`);
}

function badLabels(message: string): ThroughlineError {
  return new ThroughlineError(`themes.command: ${message}`, {
    code: 'bad_labels',
    exitCode: EXIT.unavailable,
    hint: `Answer every row with a label: a text of up to ${LONGEST_LABEL} characters, a whole number from 0, or null for a text that is in no theme (docs/commands.md). The themes stay as they were.`,
  });
}
