/** The section `themes:`: how they are found, what they are called, and when they are found anew. */
import { z } from 'zod';
import { commandFiles, commandOf } from './command-schema.ts';
import { label } from './label-schema.ts';
import { duration } from './primitives.ts';

export const themes = z
  .strictObject({
    method: z
      .enum(['leiden', 'kmeans', 'command'])
      .default('leiden')
      .describe(
        'kmeans: with count and seed, the labels of KMeans of scikit-learn; command: those of a program of your own',
      ),
    command: commandOf(
      'A program of your own, which gets the sample and gives each of its texts a label: [python3, cluster.py]',
    ).optional(),
    files: commandFiles.optional(),
    revision: z.string().min(1).optional().describe('command: another value fits the themes again'),
    timeout: duration.optional().describe('command: for its answers (default 10m)'),
    count: z
      .union([z.literal('auto'), z.int().min(2)])
      .default('auto')
      .describe('Number of themes'),
    sample: z
      .int()
      .min(100)
      .default(20_000)
      .describe('Passages that the themes are fitted on; all passages are assigned'),
    stratify: z
      .enum(['day', 'week', 'month', 'quarter', 'year'])
      .optional()
      .describe('As many passages of the sample from each of these periods; by content alone unless told'),
    seed: z.int().default(0),
    order: z
      .array(z.string().min(1))
      .optional()
      .describe(
        'kmeans, command: by what the rows of the notebook are sorted: id, timestamp, attributes; by content unless told',
      ),
    taxonomy: z
      .string()
      .min(1)
      .optional()
      .describe('YAML file of topics that are known, relative to the config file; see docs/themes.md'),
    label: label.optional().describe('A language model that names the themes; without it their keywords do'),
    minScore: z
      .number()
      .min(0)
      .max(1)
      .default(0)
      .describe('Share of the votes that a theme needs; passages below it have no theme'),
    noise: z
      .array(z.string().min(1))
      .default([])
      .describe('Texts that say nothing, beside those that are known, such as "voicemail left"'),
    refit: z
      .union([
        z.literal('always'),
        z.strictObject({
          drift: z
            .number()
            .min(0)
            .default(0.1)
            .describe('Most of the new passages, as a share, that may be unlike all themes'),
          growth: z
            .number()
            .min(0)
            .default(0.2)
            .describe('By how much the number of passages may change, as a share of those at the fit'),
          every: z
            .string()
            .regex(/^[1-9]\d*[hdw]$/, 'an interval is a number and h, d or w: 30d')
            .optional()
            .describe('Age of a fit at which new passages bring the next: 30d'),
        }),
      ])
      .prefault({})
      .describe('When themes are fitted again; until then new passages get the themes that are there'),
    freeze: z
      .string()
      .regex(/^[1-9]\d*[dwMy]$/, 'a period is a number and d, w, M or y: 1M, 3M')
      .optional()
      .describe(
        'Passages of periods of this length that are over keep their themes when others are fitted: 3M',
      ),
    watch: z
      .strictObject({
        every: z
          .string()
          .regex(/^[1-9]\d*[dwMy]$/, 'a period is a number and d, w, M or y: 7d, 1M')
          .describe('Length of a period: 7d, 1M'),
        by: z
          .string()
          .min(1)
          .optional()
          .describe('An attribute of text: each of its ten most frequent values, too'),
        changes: z
          .array(z.enum(['new', 'more', 'less']))
          .min(1)
          .default(['new', 'more'])
          .describe('What is told'),
      })
      .optional()
      .describe('Tells those of `alerts:` what is new, or more than usual, in the latest period'),
  })
  .superRefine((settings, context) => {
    for (const [key, message] of problemsOf(settings))
      context.addIssue({ code: 'custom', path: [key], message });
  });

interface MethodSettings {
  method: 'leiden' | 'kmeans' | 'command';
  command?: readonly string[] | undefined;
  files?: readonly string[] | undefined;
  revision?: string | undefined;
  timeout?: string | undefined;
  count: 'auto' | number;
  order?: readonly string[] | undefined;
}

/** What is missing for the method, or means nothing to it. */
function* problemsOf(settings: MethodSettings): Generator<[key: keyof MethodSettings, message: string]> {
  const { method, command, count, order } = settings;
  if (order !== undefined && method === 'leiden')
    yield [
      'order',
      'only k-means and a program look at an order: themes: { method: kmeans, count: 12, order: [timestamp, id] }',
    ];
  if (method === 'kmeans' && count === 'auto')
    yield ['count', 'k-means needs the number of themes: themes: { method: kmeans, count: 12 }'];
  if (method !== 'command') {
    for (const key of ['command', 'files', 'revision', 'timeout'] as const)
      if (settings[key] !== undefined) yield [key, 'it is a setting of method: command'];
    return;
  }
  if (command === undefined)
    yield [
      'command',
      'which program finds them: themes: { method: command, command: [python3, cluster.py] }',
    ];
  if (count !== 'auto') yield ['count', 'the program says how many themes there are: leave it out'];
}
