import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { EXIT, ThroughlineError } from '../error.ts';
import type { JudgementSet, SearchEvaluation, Side } from '../evaluation/index.ts';
import { existingLake, type Lake } from '../lake/lake.ts';
import { lakeRootOf } from '../lake/lake-path.ts';
import type { SearchMode, StoreSetting } from '../search/index.ts';
import { type Context, configOf, lakeNamedBy, printJson } from './context.ts';
import { withInterrupt } from './interrupt.ts';
import { parseCountFromZero, parseMode } from './parse.ts';
import { printEvaluation } from './print-evaluation.ts';
import { createProgress } from './progress.ts';
import { createStages } from './stages.ts';

interface EvalSearchOptions {
  judgements: string;
  config?: string;
  profile?: string;
  against?: string;
  lakes?: string;
  worst: number;
  mode: SearchMode;
  json?: boolean;
}

const HELP = `
With a corpus.jsonl the folder is a collection of its own: it is embedded into a lake of its own, and no config is needed.
Without one, queries.jsonl and qrels.tsv are about the records of the pipeline's lake, and its promoted index is asked.

Examples:
  throughline eval search --judgements ./cranfield
  throughline eval search --judgements ./judgements --worst 10
  throughline eval search --judgements ./judgements --against other/throughline.yaml
`;

export function evalSearchCommand(evaluate: Command, context: Context): void {
  evaluate
    .command('search')
    .summary('nDCG, recall, MRR and MAP of each mode, and which differences mean something')
    .requiredOption('--judgements <folder>', 'folder with queries.jsonl and qrels.tsv (the layout of BEIR)')
    .option(
      '-c, --config <file>',
      'ask the lake of this pipeline (default, without a corpus: throughline.yaml)',
    )
    .option('-p, --profile <name>', 'overlay profiles.NAME of the config')
    .option(
      '--against <other>',
      'compare with another index: a config file, a lake, or a version of the same lake',
    )
    .option('--worst <queries>', 'how many of the worst queries to show', parseCountFromZero, 5)
    .option('-m, --mode <mode>', 'the mode that the worst queries are of', parseMode, 'hybrid')
    .option('--lakes <folder>', "where a corpus is embedded and kept (default: the user's cache folder)")
    .option('--json', 'one JSON document on stdout, everything else on stderr')
    .addHelpText('after', HELP)
    .action(async (options: EvalSearchOptions) => {
      const { readJudgements } = await import('../evaluation/index.ts');
      const judgements = await readJudgements(options.judgements);
      const evaluation = usesPipeline(options, judgements)
        ? await evaluatePipeline(options, judgements, context)
        : await evaluateCollection(options, judgements, context);
      if (options.json) printJson(context, evaluation);
      else printEvaluation(context, evaluation);
    });
}

function usesPipeline({ config, profile, against }: EvalSearchOptions, { corpus }: JudgementSet): boolean {
  return corpus === undefined || [config, profile, against].some((given) => given !== undefined);
}

async function evaluateCollection(
  { lakes, worst, mode: worstMode }: EvalSearchOptions,
  judgements: JudgementSet,
  context: Context,
): Promise<SearchEvaluation> {
  const { evaluateCorpus } = await import('../run/evaluate-corpus.ts');
  const { clock, newId, terminal, env } = context;
  const folder = lakes ?? join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'throughline', 'evaluations');
  const reporter = createProgress(terminal, clock);
  return withStages(context, (signal, onStage) =>
    evaluateCorpus(judgements, folder, { clock, newId, signal, reporter }, { worst, worstMode, onStage }),
  );
}

async function evaluatePipeline(
  options: EvalSearchOptions,
  judgements: JudgementSet,
  context: Context,
): Promise<SearchEvaluation> {
  const { evaluateSearch } = await import('../evaluation/index.ts');
  await using side = await openSide(options, context);
  await using against = await openAgainst(side, options.against, context);
  const { worst, mode: worstMode } = options;
  return await withStages(context, (signal, onStage) =>
    evaluateSearch(side, judgements, { against, worst, worstMode, signal, onStage }),
  );
}

async function withStages<T>(
  context: Context,
  work: (signal: AbortSignal, onStage: (stage: string) => void) => Promise<T>,
): Promise<T> {
  const stages = createStages(context.terminal);
  try {
    return await withInterrupt(context, (signal) => work(signal, stages.next));
  } finally {
    stages.end();
  }
}

type OpenSide = Side & AsyncDisposable;
/** Of a config, which says where its indexes are. */
type ConfiguredSide = OpenSide & { store: StoreSetting };

async function openSide(
  { config = 'throughline.yaml', profile }: Pick<EvalSearchOptions, 'config' | 'profile'>,
  context: Context,
): Promise<ConfiguredSide> {
  const { openSearcher } = await import('../search/index.ts');
  const { specOf } = await import('../model/index.ts');
  const loaded = await configOf({ config, ...(profile === undefined ? {} : { profile }) }, context);
  const lake = await lakeNamedBy(loaded);
  const model = specOf(loaded.config.embed, loaded.directory);
  const { store } = loaded.config.index;
  return { ...sideOf(lake, await openSearcher(lake, { model, store, fresh: false })), store };
}

/** A version of the same lake where there is one of that name, a config where the name ends like one, or else a lake. */
async function openAgainst(
  { lake, store }: ConfiguredSide,
  against: string | undefined,
  context: Context,
): Promise<OpenSide | undefined> {
  if (against === undefined) return undefined;
  if (/\.ya?ml$/i.test(against)) return openSide({ config: against }, context);
  const { hasIndex, openSearcher } = await import('../search/index.ts');
  if (await hasIndex(lake, against))
    return sideOf(lake, await openSearcher(lake, { version: against, store }));
  const other = await existingLake(lakeRootOf('.', against)).catch((error) => {
    if (!(error instanceof ThroughlineError) || error.code !== 'lake_missing') throw error;
    throw new ThroughlineError(
      `--against ${against}: there is no such lake, and no such version in ${lake.root}`,
      {
        code: 'against_missing',
        exitCode: EXIT.noInput,
        hint: 'Name another throughline.yaml, the folder or URL of a lake, or a version: the folders of indexes/ in the lake.',
      },
    );
  });
  return sideOf(other, await openSearcher(other, { fresh: false }));
}

function sideOf(lake: Lake, searcher: Side['searcher'] & AsyncDisposable): OpenSide {
  return { lake, searcher, [Symbol.asyncDispose]: () => searcher[Symbol.asyncDispose]() };
}
