/** A taxonomy that a person has written: topics with phrases, labelled examples, or both; flat or nested. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import {
  ConfigError,
  type ConfigProblem,
  describeIssue,
  type LoadedConfig,
  place,
  placeOf,
} from '../../config/index.ts';
import { EXIT, ThroughlineError } from '../../error.ts';
import { mappingOf } from '../../source/mapping.ts';
import { suggest } from '../../suggest.ts';

export interface Topic {
  /** Names from the top, with " / " between them. */
  id: string;
  name: string;
  /** Position of the topic above it, -1 at the top. */
  parent: number;
  phrases: string[];
  /** Values by attribute: a passage is an example that has one of each. */
  examples: Record<string, string[]>;
  /** The least cosine, where the person has set it. */
  threshold?: number;
}

/** In the order of the file, each after the one above it. */
export interface Taxonomy {
  topics: Topic[];
}

const MOST_TOPICS = 1_000;
const MOST_PHRASES = 100;
const LONGEST = 1_000;

const text = z.string().trim().min(1, 'it says nothing').max(LONGEST, `longer than ${LONGEST} characters`);
const values = z.union([text, z.array(text).min(1)]);

const topicSchema = z.strictObject({
  name: text
    .max(200)
    .refine((name) => !name.includes('/'), 'a name has no "/", which stands between nested ones'),
  phrases: z.array(text).min(1).max(MOST_PHRASES).optional(),
  examples: z.record(z.string(), values).optional(),
  threshold: z.number().min(-1).max(1).optional(),
  get topics() {
    return z.array(topicSchema).min(1).optional();
  },
});
const fileSchema = z.strictObject({ topics: z.array(topicSchema).min(1) });
type GivenTopic = z.output<typeof topicSchema>;

/** That of the config, undefined where it names none. Throws as `readTaxonomy`. */
export async function configuredTaxonomy({
  config,
  directory,
}: Pick<LoadedConfig, 'config' | 'directory'>): Promise<Taxonomy | undefined> {
  const { taxonomy } = config.themes;
  if (taxonomy === undefined) return undefined;
  const { attributes } = mappingOf(config.source);
  const names = attributes.flatMap(({ name, type }) => (type === 'string' ? [name] : []));
  return readTaxonomy(taxonomy, directory, names);
}

/** `attributes`: those of text. Throws ConfigError with every problem and its place, or with exit code 66 where there is no file. */
async function readTaxonomy(
  file: string,
  directory: string,
  attributes: readonly string[],
): Promise<Taxonomy> {
  const given = await readFile(resolve(directory, file), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    throw new ThroughlineError(`there is no taxonomy ${file}`, {
      code: 'taxonomy_missing',
      exitCode: EXIT.noInput,
      hint: 'themes.taxonomy is a path from the folder of the config file. A draft of one: throughline themes suggest',
    });
  });
  return parseTaxonomy(given, file, attributes);
}

/** The pure part of `readTaxonomy`. */
export function parseTaxonomy(given: string, file: string, attributes: readonly string[]): Taxonomy {
  const lines = new LineCounter();
  const document = parseDocument(given, { lineCounter: lines, uniqueKeys: true });
  const fail = (problems: ConfigProblem[]): never => {
    throw new ConfigError(file, problems, 'See "Topics that are known" in docs/themes.md.');
  };
  if (document.errors.length > 0)
    fail(
      document.errors.map(({ message, pos }) => ({
        message: message.split('\n')[0]!,
        ...place(lines, pos[0]),
      })),
    );
  let data: unknown;
  try {
    data = document.toJS();
  } catch (error) {
    fail([{ message: (error as Error).message }]);
  }
  const checked = fileSchema.safeParse(data);
  if (!checked.success)
    return fail(checked.error.issues.flatMap((issue) => describeIssue(issue, document, lines, fileSchema)));
  const problems: ConfigProblem[] = [];
  const topics: Topic[] = [];
  const tell = (path: readonly (string | number)[], message: string) =>
    problems.push({ message: `${path.join('.')}: ${message}`, ...placeOf(document, lines, path) });
  flatten(checked.data.topics, { path: ['topics'], parent: -1 }, { topics, tell, attributes });
  if (topics.length > MOST_TOPICS) tell(['topics'], `there are more than ${MOST_TOPICS} topics`);
  return problems.length > 0 ? fail(problems) : { topics };
}

interface Flattening {
  topics: Topic[];
  tell: (path: readonly (string | number)[], message: string) => void;
  attributes: readonly string[];
}

function flatten(
  given: readonly GivenTopic[],
  { path, parent }: { path: readonly (string | number)[]; parent: number },
  to: Flattening,
): void {
  const seen = new Set<string>();
  for (const [i, { name, phrases, examples, threshold, topics }] of given.entries()) {
    const here = [...path, i];
    if (seen.has(name.toLowerCase()))
      to.tell([...here, 'name'], `there is another topic "${name}" beside it`);
    seen.add(name.toLowerCase());
    if (!phrases && !examples && !topics)
      to.tell(here, `the topic "${name}" needs phrases, examples, or topics below it`);
    for (const attribute of Object.keys(examples ?? {})) checkAttribute(attribute, here, to);
    const above = to.topics[parent];
    to.topics.push({
      id: above ? `${above.id} / ${name}` : name,
      ...{ name, parent, phrases: phrases ?? [] },
      examples: Object.fromEntries(Object.entries(examples ?? {}).map(([key, some]) => [key, [some].flat()])),
      ...(threshold !== undefined && { threshold }),
    });
    if (topics) flatten(topics, { path: [...here, 'topics'], parent: to.topics.length - 1 }, to);
  }
}

function checkAttribute(attribute: string, here: readonly (string | number)[], to: Flattening): void {
  if (to.attributes.includes(attribute)) return;
  const near = suggest(attribute, to.attributes);
  const known = to.attributes.length === 0 ? 'there are none' : `there are: ${to.attributes.join(', ')}`;
  to.tell(
    [...here, 'examples', attribute],
    `no attribute of text is called "${attribute}"${near ? `: did you mean "${near}"?` : ''} (${known})`,
  );
}
