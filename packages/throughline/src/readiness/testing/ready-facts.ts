/** Facts of a pipeline that is ready, as `gather` finds them: tests break one of them each. */
import type { ChunkState } from '../../chunk/ledger.ts';
import { type Config, configSchema } from '../../config/schema.ts';
import { specOf } from '../../model/index.ts';
import type { StoredResult } from '../../quality/index.ts';
import type { RunEntry, RunResult } from '../../run/index.ts';
import type { IndexManifest } from '../../search/index.ts';
import type { ThemesManifest } from '../../theme/manifest.ts';
import type { Facts, FinishedRun, LakeFacts } from '../facts.ts';

const RUN = '20260105T060000Z-0badcafe';
const BUILD = 'bd96bb7843a8b7d5';
const MODEL = { id: 'minilm', digest: 'e45f655024e3662d'.repeat(4) };
const VERSIONS = { node: '24.21.0', throughline: '0.1.0' };

const READY_CONFIG = {
  name: 'complaints',
  source: { type: 'csv', path: 'complaints.csv', id: 'complaint_id', text: 'narrative' },
  quality: [{ check: 'not_null', column: 'complaint_id' }],
  schedule: { cron: '0 6 * * *', start: '2024-01-01' },
  alerts: [{ slack: 'https://hooks.slack.example/services/T0' }],
  acceptance: { deadLetterRate: { max: 0.01 } },
};

function configOf(change: Record<string, unknown> = {}): Config {
  return configSchema.parse({ ...READY_CONFIG, ...change }) as Config;
}

export function readyFacts(change: Record<string, unknown> = {}): Facts {
  const config = configOf(change);
  return {
    config,
    spec: specOf(config.embed, '.'),
    model: {
      ...MODEL,
      dimension: 384,
      maxTokens: 256,
      queryPrefix: '',
      passagePrefix: '',
      languages: ['en'],
    },
    versions: VERSIONS,
    command: (words) => `throughline ${words}`,
    dag: undefined,
    lake: readyLake(),
  };
}

function readyLake(): LakeFacts {
  const entry: Omit<RunEntry, 'manifest'> = {
    ...{ run: RUN, command: 'run', status: 'done', build: BUILD },
    ...{ started: Date.UTC(2026, 0, 5, 6), ended: Date.UTC(2026, 0, 5, 6, 1) },
  };
  const table = (rows: number) => ({ version: 63, rowsByChunk: new Map([['d:2025-12-01', rows]]) });
  const done = { chunk: 'd:2025-12-01', event: 'done', dropped: 3 } as ChunkState['last'];
  return {
    current: { build: BUILD, index: `${BUILD}-v63-f3`, themes: `${BUILD}-v63-09f72503` },
    expected: BUILD,
    build: {
      ...{ digest: BUILD, isSample: false },
      tables: { records: table(1795), passages: table(3045), dead_letters: table(2) },
      states: new Map([['d:2025-12-01', { attempt: 1, last: done, done }]]),
    },
    source: {
      ...{ known: true, by: 'untouched', chunks: 63, due: [], rows: 1800, filtered: 0, vanished: [] },
    },
    index: { manifest: index(), faults: [] },
    themes: { build: BUILD, passagesVersion: 63, themes: 15 } as ThemesManifest,
    openDeadLetters: 2,
    runs: [{ ...entry, manifest: {} }],
    finished: [{ ...entry, ...finished() }],
    results: ['not_null', 'source_rows', 'table_rows'].map(passed),
    pins: [],
  };
}

function index(): IndexManifest {
  const verification = { cases: [{ 'recall@10': 1, 'recall@100': 0.9987 }] };
  return { build: BUILD, passagesVersion: 63, passages: 3045, verification } as unknown as IndexManifest;
}

function finished(): Pick<FinishedRun, 'result' | 'manifest'> {
  const result = {
    ...{ records: 1795, passages: 3045, embedSeconds: 34.2, seconds: 48.4, cost: 0, tokens: 0, vanished: [] },
    chunks: { done: 63, skipped: 0, failed: 0, left: 0 },
  } as unknown as RunResult;
  return {
    result,
    manifest: {
      ...{
        model: MODEL,
        versions: VERSIONS,
        git: { commit: '4f9d2c1'.repeat(6).slice(0, 40), dirty: false },
      },
      settings: { ...configOf() },
      host: { name: 'worker-1', cores: 2, gigabytes: 8 },
      stages: { read: 1.6, embed: 34.3, index: 8.2, themes: 4.3 },
    },
  };
}

function passed(check: string): StoredResult {
  const name = check === 'not_null' ? 'not_null_complaint_id' : check;
  return {
    ...{ check, name, severity: 'fail', status: 'passed', observed: 0, expected: '0 rows', sample: [] },
    ...{ run: RUN, build: BUILD, at: Date.UTC(2026, 0, 5, 6, 1) },
  };
}
