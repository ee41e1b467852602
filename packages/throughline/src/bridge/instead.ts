/** What the pipeline does in place of what the lint finds. Other findings say themselves what to do. */
export const INSTEAD: Readonly<Record<string, readonly [string, string]>> = {
  'whole-file-read': [
    'whole files in memory -> chunks',
    'The source is read in slices of its history: memory does not grow with it.',
  ],
  'vectors-in-memory': [
    'vectors in memory -> tables of the lake',
    'Vectors are streamed to tables and to the index.',
  ],
  'vectors-unsaved': [
    'vectors that are lost with the kernel -> tables of the lake',
    'What was embedded once is kept by the hash of its text.',
  ],
  'embed-per-row': ['one text at a time -> batches', 'Batches are made across chunks, sorted by length.'],
  'row-wise': ['rows one by one -> worker threads', 'Rows are mapped in batches on all cores.'],
  'no-retry': [
    'requests that are tried once -> retries',
    'Requests are tried again with growing pauses, and a batch that fails is halved: embed.requests.',
  ],
  'no-timeout': [
    'requests without a timeout -> 30 s',
    'A server that hangs does not hang the run: embed.requests.timeout.',
  ],
  'fixed-sleep': ['fixed pauses -> limits', 'The allowed rate is used and not passed: embed.limits.'],
  'broad-except': [
    'errors that are passed over -> dead letters',
    'A row that fails is kept with its reason: throughline dlq.',
  ],
  'print-display': [
    'prints -> quality checks',
    'What was looked at is checked in each run, before anything is promoted: quality, docs/quality.md.',
  ],
  'always-on-display': [
    'plots -> reports',
    'profile: true and throughline quality describe each run; draw in a notebook that reads the tables.',
  ],
  'all-pairs-similarity': [
    'all pairs -> an index',
    'The index answers without comparing all with all, and is measured against an exact scan.',
  ],
  'local-abs-path': [
    'paths of one machine -> source.path',
    'Relative to throughline.yaml, or from a variable of the environment.',
  ],
  'size-limit': ['a cut of the data -> the full history', 'A first look: throughline run --sample 1000.'],
  'silent-truncation': [
    'texts cut in silence -> split',
    'split says what happens with long texts; sentences keeps all of them.',
  ],
  'execution-order': [
    'cells in any order -> one order',
    'A run is the same each time: throughline run --reproduce.',
  ],
  'df-reassign': [
    'names that mean something else later -> steps',
    'Each step has its place in throughline.yaml.',
  ],
  'collect-topandas': [
    'rows collected on the driver -> work on the cluster',
    'engine: { spark: ... } maps and embeds where the rows are.',
  ],
};
