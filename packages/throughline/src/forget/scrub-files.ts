/** Files of the lake beside its tables that may speak of a record: reports with examples. */
import { openStore } from '@throughline/delta/store';
import { escapeHtml } from '../escape-html.ts';
import { readJson, replaceJson } from '../lake/json-file.ts';
import type { Lake } from '../lake/lake.ts';
import { lakePath } from '../lake/lake-path.ts';
import { namesOf } from './lake-content.ts';
import { mentions, withoutMentions } from './mentions.ts';
import type { Subject } from './subject.ts';

/** Folders and files of reports. Others say which versions serve, and hold no values of rows. */
const REPORTS = /^(profiles\/|labels\/|acceptance\/|alerts\.json$|indexes\/[^/]+\/evaluations\/)/;

/** Answers of a language model about themes: without one it is asked again. */
const ANSWERS = /^labels\//;

/** JSON is cleaned; an answer that speaks of a record is removed, and so is a page, as it is made of JSON that stays. Resolves to the paths. */
export async function scrubFiles(lake: Lake, files: readonly string[], subject: Subject): Promise<string[]> {
  const changed: string[] = [];
  for (const path of files.filter((name) => REPORTS.test(name))) {
    const place = lakePath(lake.root, ...namesOf(path));
    if (path.endsWith('.json')) {
      const document = await readJson<object>(place);
      const after = withoutMentions(document, subject);
      if (after === document) continue;
      if (ANSWERS.test(path)) await openStore(lake.root).remove(path);
      else await replaceJson(place, after);
    } else {
      const text = await openStore(lake.root).read(path);
      if (text === undefined || !mentions(text, asHtml(subject))) continue;
      await openStore(lake.root).remove(path);
    }
    changed.push(path);
  }
  return changed;
}

function asHtml({ ids, texts }: Subject): Pick<Subject, 'ids' | 'texts'> {
  const both = (all: ReadonlySet<string>) => new Set([...all].flatMap((one) => [one, escapeHtml(one)]));
  return { ids: both(ids), texts: both(texts) };
}
