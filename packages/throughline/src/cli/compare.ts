import { type Command, InvalidArgumentError } from 'commander';
import type { Limits, ParityReport } from '../compare/index.ts';
import type { LoadedConfig } from '../config/index.ts';
import { EXIT, ThroughlineError } from '../error.ts';
import { lakeRootOf } from '../lake/lake-path.ts';
import { type Context, configOf, printJson } from './context.ts';
import { parseCount, parseCountFromZero } from './parse.ts';
import { printParity } from './print-parity.ts';
import { createStages } from './stages.ts';
import { writeReport } from './write-report.ts';

interface CompareOptions extends Limits {
  config?: string;
  profile?: string;
  json?: boolean;
  id?: string;
  text?: string;
  vector?: string;
  theme?: string;
  passage?: string;
  ordinal?: string;
  ids?: string;
  queries?: number;
  alone?: number | true;
  fit?: boolean;
  before?: string | true;
  report?: string;
}

const HELP = `
A and B are lakes, Delta tables, or files: .parquet (or a folder of them), .csv, .tsv, .jsonl, .npy.
Compared are ids, texts, vectors and themes, not attributes. Ends with 65 if a limit is not kept.

Examples:
  throughline compare notebook.parquet ./lake --id complaint_id --min-cosine 0.999
  throughline compare embeddings.npy ./lake --ids ids.csv
  throughline compare --config throughline.yaml    # acceptance.parity.reference with the config's lake
  throughline compare --alone --fit --before       # the lake with itself: one at a time, fit and assignment, the run before
  throughline compare --alone --fit --report parity.html
`;

export function compareCommand(program: Command, context: Context): void {
  program
    .command('compare [A] [B]')
    .summary('say whether two lakes, or a lake and a file, hold the same results')
    .option(
      '-c, --config <file>',
      'config with acceptance.parity; A is its reference and B its lake unless given',
    )
    .option('-p, --profile <name>', 'overlay profiles.NAME of the config')
    .option('--id <column>', 'of files: id of the record')
    .option('--text <column>', 'of files: text')
    .option('--vector <column>', 'of files: array of numbers')
    .option('--theme <column>', 'of files: theme; empty or -1 is none')
    .option('--passage <column>', 'of files: id of the passage, where rows are passages')
    .option('--ordinal <column>', 'of files: place of the passage in its record, from 0')
    .option('--ids <file>', 'of .npy: file with the id of each row (.txt, .csv, .jsonl, .parquet)')
    .option('--min-cosine <cosine>', 'least cosine of the vectors of a row (default: 0.9999)', parseCosine)
    .option('--top-ten <share>', 'least share of the ten nearest rows in common', parseShare)
    .option('--ami <ami>', 'least adjusted mutual information of the themes', parseCosine)
    .option('--ari <ari>', 'least adjusted Rand index of the themes', parseCosine)
    .option('--missing <rows>', 'rows of A that B may lack (default: 0)', parseCountFromZero)
    .option('--extra <rows>', 'rows that only B may have (default: 0)', parseCountFromZero)
    .option('--changed <rows>', 'rows whose text may differ (default: 0)', parseCountFromZero)
    .option(
      '--not-comparable <records>',
      'records of several passages that may stand beside one row (default: 0)',
      parseCountFromZero,
    )
    .option(
      '--queries <rows>',
      'rows whose neighbours are compared (default: 200, at most 10000)',
      parseQueries,
    )
    .option('--alone [passages]', 'embed so many passages again, each by itself (default: 200)', parseQueries)
    .option('--fit', 'compare the fit of the themes with their assignment')
    .option('--before [run]', 'compare what a run has left with what is there now (default: previous)')
    .option('--report <file>', 'write all of it as a page to print and sign')
    .option('--json', 'one JSON document on stdout, everything else on stderr')
    .addHelpText('after', HELP)
    .action((a: string | undefined, b: string | undefined, options: CompareOptions) =>
      compare(a, b, options, context),
    );
}

async function compare(
  a: string | undefined,
  b: string | undefined,
  options: CompareOptions,
  context: Context,
): Promise<void> {
  const { config: file, profile, json, ids, queries, alone, fit, before, report, ...rest } = options;
  const { missing, extra, changed, notComparable, minCosine, topTen, ami, ari, ...columns } = rest;
  // Both sides are named: a config counts only where it is named too.
  const named = file !== undefined || profile !== undefined || b === undefined;
  const config = named
    ? await configOf(
        { config: file ?? 'throughline.yaml', ...(profile === undefined ? {} : { profile }) },
        context,
      )
    : undefined;
  const { measureParity } = await import('../bridge/parity.ts');
  const isOfLake = alone !== undefined || fit === true || before !== undefined;
  const hasReference = a !== undefined || config?.config.acceptance.parity?.reference !== undefined;
  const lake = b === undefined ? lakeRootOf(config!.directory, config!.config.lake) : lakeRootOf('.', b);
  const limits = { missing, extra, changed, notComparable, minCosine, topTen, ami, ari };
  const stages = createStages(context.terminal);
  try {
    const parity = await measureParity({
      // Who asks the lake about itself need not have a reference.
      sides:
        isOfLake && !hasReference
          ? undefined
          : {
              a: a === undefined ? referenceOf(config!) : lakeRootOf('.', a),
              b: lake,
              columns: { ...columns, sourceId: config?.config.source.id },
              ids,
              limits: withLimits(config, limits),
              ...(queries === undefined ? {} : { queries }),
            },
      ...{ lake, loaded: config, fit, now: context.clock(), onStage: stages.next },
      // What rows may do is said of a reference; of a lake and itself only where it is asked for.
      limits: { ...withLimits(config, limits), missing, extra, changed, notComparable },
      alone: alone === true ? SAMPLE : alone,
      before: before === true ? 'previous' : before,
    });
    stages.end();
    if (report !== undefined) await writeParity(parity, report, context);
    const { reference, before: earlier, checks } = parity;
    if (json)
      printJson(context, { ...reference, ok: parity.ok, checks, ...(earlier && { before: earlier }) });
    else printParity(context, parity);
    if (!parity.ok) process.exitCode = EXIT.badData;
  } finally {
    stages.end();
  }
}

async function writeParity(parity: ParityReport, file: string, { terminal }: Context): Promise<void> {
  const { parityHtml } = await import('../compare/index.ts');
  await writeReport(file, parityHtml(parity));
  terminal.log(`Written to ${file}`);
}

/** Passages that are embedded again where nobody says how many. */
const SAMPLE = 200;

/** Each holds its ten nearest rows in memory. */
const MOST_QUERIES = 10_000;

function parseQueries(text: string): number {
  const queries = parseCount(text);
  if (queries > MOST_QUERIES) throw new InvalidArgumentError(`It has to be at most ${MOST_QUERIES}.`);
  return queries;
}

function referenceOf({ config, directory, file }: LoadedConfig): string {
  const reference = config.acceptance?.parity?.reference;
  if (reference !== undefined) return lakeRootOf(directory, reference);
  throw new ThroughlineError(`${file} names nothing to compare the lake with`, {
    code: 'usage',
    exitCode: EXIT.usage,
    hint: 'Set acceptance.parity.reference in it, or name both sides: throughline compare A B',
  });
}

/** Options come before the config. */
function withLimits(config: LoadedConfig | undefined, options: Limits): Limits {
  const { reference: _, onMiss: _onMiss, ...limits } = config?.config.acceptance?.parity ?? {};
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return { ...limits, ...Object.fromEntries(given) };
}

function parseCosine(text: string): number {
  return parseBetween(-1, text);
}

function parseShare(text: string): number {
  return parseBetween(0, text);
}

function parseBetween(least: number, text: string): number {
  const number = Number(text);
  if (text.trim() === '' || !(number >= least && number <= 1))
    throw new InvalidArgumentError(`It has to be a number from ${least} to 1.`);
  return number;
}
