/** Whether the program of `themes.command` works here: it is given texts that are made up, with vectors of their words. */
import type { LoadedConfig } from '../config/index.ts';
import { modelInfo, openEmbedder, specOf } from '../model/index.ts';
import { configuredProgram, labelsOf } from '../theme/index.ts';

/** 20 x 20 different texts: enough for a program that wants some hundreds. */
const SUBJECTS =
  'card,loan,mortgage,account,payment,statement,letter,refund,transfer,branch,agent,password,fee,cheque,interest,contract,insurance,deposit,limit,report'.split(
    ',',
  );
const EVENTS =
  'was charged twice,never came,is wrong,was closed without notice,cannot be reached,was sent to somebody else,is too slow,was refused,was changed,has been stolen,is missing,came too late,was promised,is not ours,costs too much,was cancelled,is in another name,was lost,had to be repeated,is disputed'.split(
    ',',
  );

export async function checkThemesProgram({ config, directory }: LoadedConfig): Promise<string> {
  const { dimension } = await modelInfo(specOf(config.embed, directory));
  const texts = SUBJECTS.flatMap((subject) => EVENTS.map((event) => `The ${subject} ${event}.`));
  await using embedder = await openEmbedder({ model: 'hash', dimension });
  const { vectors } = await embedder.embed(texts);
  const program = await configuredProgram({ config, directory });
  const started = performance.now();
  const ids = texts.map((_, i) => `made up ${i}`);
  const labels = await labelsOf(program!, { ids, texts, vectors, dimension });
  const ms = Math.round(performance.now() - started);
  const themes = new Set(labels.filter((label) => label !== null)).size;
  return `${config.themes.command!.join(' ')} gave ${texts.length} texts ${themes} labels in ${ms} ms`;
}
