/** RunEvents of OpenLineage 2-0-2: one when a run begins, one when it ends, two of its quality checks. */
import { type CheckResult, sentence } from '../../quality/index.ts';
import type { RunEnd, TrackedRun } from '../tracked-run.ts';
import { EVENT_SCHEMA, type Facet, facet } from './facet.ts';
import { inputsOf } from './inputs.ts';
import { type OutputDataset, outputsOf } from './outputs.ts';
import { runUuid } from './run-uuid.ts';
import type { SourceCode } from './source-code.ts';

export interface RunEvent {
  eventType: 'START' | 'COMPLETE' | 'FAIL' | 'ABORT';
  eventTime: string;
  producer: string;
  schemaURL: string;
  run: { runId: string; facets: Record<string, Facet> };
  job: { namespace: string; name: string; facets: Record<string, Facet> };
  inputs: unknown[];
  outputs: unknown[];
}

export interface EventFacts {
  /** Version of the product. */
  version: string;
  code: SourceCode | undefined;
}

/** Characters of an error that are told. */
const MOST = 2_000;

export function startEvent(run: TrackedRun, facts: EventFacts): RunEvent {
  const producer = producerOf(facts);
  return {
    ...eventOf(run, run.run, facts),
    eventType: 'START',
    eventTime: iso(run.started),
    inputs: inputsOf(run, producer),
    outputs: [],
  };
}

export async function endEvent(run: TrackedRun, end: RunEnd, facts: EventFacts): Promise<RunEvent> {
  const producer = producerOf(facts);
  const outputs = end.result ? await outputsOf(run, end.result, producer) : [];
  const event = eventOf(run, run.run, facts);
  const message = messageOf(end);
  if (message !== undefined) {
    const error = { message: message.slice(0, MOST), programmingLanguage: 'JavaScript' };
    event.run.facets.errorMessage = facet('ErrorMessageRunFacet', producer, error);
  }
  return {
    ...event,
    eventType: ({ done: 'COMPLETE', failed: 'FAIL', interrupted: 'ABORT' } as const)[end.status],
    eventTime: iso(end.ended),
    inputs: inputsOf(run, producer),
    outputs,
  };
}

/** Checks are a job of their own, with the records as input: assertions are a facet of inputs. None without checks. */
export function qualityEvents(
  run: TrackedRun,
  { result, ended }: RunEnd,
  outputs: readonly unknown[],
  facts: EventFacts,
): RunEvent[] {
  const records = (outputs as OutputDataset[]).find(({ name }) => name.endsWith('/records'));
  if (!records || !result || result.quality.length === 0) return [];
  const producer = producerOf(facts);
  const own = eventOf(run, `${run.run}/quality`, facts);
  const parent = {
    run: { runId: runUuid(run.run) },
    job: { namespace: own.job.namespace, name: own.job.name },
  };
  own.run.facets.parent = facet('ParentRunFacet', producer, parent);
  own.job.name += '.quality';
  const assertions = facet('DataQualityAssertionsDatasetFacet', producer, {
    assertions: result.quality.map(assertionOf),
  });
  const { outputFacets: _outputs, ...dataset } = records;
  const input = { ...dataset, inputFacets: { dataQualityAssertions: assertions } };
  const isBad = result.quality.some(({ status, severity }) => status === 'failed' && severity === 'fail');
  const shared = { ...own, eventTime: iso(ended), outputs: [] };
  return [
    { ...shared, eventType: 'START', inputs: [] },
    { ...shared, eventType: isBad ? 'FAIL' : 'COMPLETE', inputs: [input] },
  ];
}

function assertionOf(check: CheckResult) {
  const { check: assertion, name, status, severity, expected, observed } = check;
  return {
    ...{ assertion, name, success: status === 'passed', expected },
    severity: severity === 'fail' ? 'error' : 'warn',
    description: sentence(check),
    ...(observed !== null && { actual: String(observed) }),
  };
}

function eventOf(run: TrackedRun, id: string, facts: EventFacts) {
  const { config, begun } = run;
  const producer = producerOf(facts);
  const { version, code } = facts;
  const { from, to } = begun?.options ?? {};
  const nominal = {
    nominalStartTime: `${from}T00:00:00Z`,
    ...(to !== undefined && { nominalEndTime: `${to}T00:00:00Z` }),
  };
  const engine = { name: 'throughline', version, openlineageAdapterVersion: version };
  const type = { processingType: 'BATCH', integration: 'THROUGHLINE', jobType: 'PIPELINE' };
  return {
    producer,
    schemaURL: EVENT_SCHEMA,
    run: {
      runId: runUuid(id),
      facets: {
        processing_engine: facet('ProcessingEngineRunFacet', producer, engine),
        tags: facet('TagsRunFacet', producer, { tags: tagsOf(run) }),
        ...(from !== undefined && { nominalTime: facet('NominalTimeRunFacet', producer, nominal) }),
      } as Record<string, Facet>,
    },
    job: {
      namespace: config.lineage?.openlineage?.namespace ?? 'throughline',
      name: config.name,
      facets: {
        jobType: facet('JobTypeJobFacet', producer, type),
        ...(code && { sourceCodeLocation: facet('SourceCodeLocationJobFacet', producer, { ...code }) }),
      } as Record<string, Facet>,
    },
  };
}

function tagsOf({ run, begun }: TrackedRun) {
  const { config, model } = (begun?.manifest ?? {}) as { config?: string; model?: { digest: string } };
  const tags = { throughline_run: run, config_digest: config, model_digest: model?.digest };
  return Object.entries(tags).flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, value, source: 'THROUGHLINE' }],
  );
}

/** Why a run that came to its end failed all the same: what it would not promote, and chunks. */
function messageOf({ status, error, result }: RunEnd): string | undefined {
  if (error) return `${error.code}: ${error.message}`;
  if (status !== 'failed' || !result) return undefined;
  const failures = result.failures.map(({ chunk, message }) => `${chunk}: ${message}`);
  return [...result.unmet, ...failures].join('; ') || 'the run failed';
}

function producerOf({ version }: EventFacts): string {
  return `urn:throughline:${version}`;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
