/** A pipeline whose transform, split and model are functions in Python, some of which stumble. */
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import type { Project } from './project.ts';

export const KIT = join(import.meta.dirname, '..', 'python', 'throughline_mapper.py');

/** Rows by what their text does to the programs. */
export const CLEAN = `import os
import re

import throughline_mapper as mapper
from words import SHOUT


def clean(row):
    text = row["narrative"] or ""
    print("cleaning", text[:20])
    if "raises" in text:
        raise ValueError("no such word")
    if "kills" in text:
        os._exit(7)
    if "drops" in text:
        return None
    return {"narrative": re.sub(r"[ \\t]+", " ", text).strip(), "product": SHOUT(row["product"])}


mapper.rows(clean)
`;

const WORDS = 'def SHOUT(text):\n    return text.upper() if text else text\n';

export const SPLIT = `import throughline_mapper as mapper


def pieces(text):
    if "uncut" in text:
        raise RuntimeError("cannot cut this")
    if "foreign" in text:
        return ["not of the text"]
    if "nothing" in text:
        return []
    return text.split(". ")


mapper.split(pieces)
`;

export const EMBED = `import os

import throughline_mapper as mapper


def embed(texts):
    for text in texts:
        if "dies" in text:
            os._exit(3)
    if any("poison" in text for text in texts):
        raise ValueError("poison")
    return [[text.count(letter) + 1.0 for letter in "abcdefgh"] for text in texts]


mapper.embed(embed)
`;

/** A second command, which knows columns by name. */
const TWICE = `import throughline_mapper as mapper

mapper.column("issue", lambda text: text + text)
`;

/** Sections of the config that use the programs. */
export const PROGRAMS = {
  transform: [
    { drop_nulls: ['narrative'] },
    { command: ['python3', 'clean.py'], files: ['words.py'] },
    { dedupe: 'narrative' },
  ],
  split: { command: ['python3', 'split.py'] },
  embed: { command: ['python3', 'embed.py'], dimension: 8 },
};

export async function writePrograms({ folder, write }: Project): Promise<void> {
  await cp(KIT, join(folder, 'throughline_mapper.py'));
  await write('clean.py', CLEAN);
  await write('words.py', WORDS);
  await write('split.py', SPLIT);
  await write('embed.py', EMBED);
  await write('twice.py', TWICE);
}

const HEADER = 'complaint_id,narrative,date_received,product,issue,company,state\n';

/** Forty rows of two years; of those that are named by what they do there is one each. */
export const DATA = `${HEADER}${[
  ...Array.from({ length: 30 }, (_, i) => [`g${i}`, `They   charged fee ${i}. Nobody answered ${i % 7}. `]),
  ['raise', 'this one raises'],
  ['kill', 'this one kills'],
  ['drop', 'this one drops'],
  ['uncut', 'this one is uncut'],
  ['foreign', 'this one is foreign'],
  ['nothing', 'this one has nothing'],
  ['poison', 'a good part. a part of poison'],
  ['dies', 'a good part. a part that dies'],
  ['twin', 'They charged   fee 4. Nobody answered 4.'],
  ['odd', '"ünïcode \u2028 and 😀. a ""quote"",\n and a line. Tab\tthere"'],
]
  .map(([id, text], i) => `${id},${text},${i % 2 ? '2023' : '2024'}-03-0${1 + (i % 9)},card,i,c,s`)
  .join('\n')}\n`;
