import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigError, parseConfig } from './index.ts';

const MINIMAL = `name: complaints
source:
  type: csv
  path: data/*.csv
  text: narrative
`;

function problemsOf(text: string, options = {}): string[] {
  try {
    parseConfig(text, 'throughline.yaml', { env: {}, ...options });
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    assert.equal(error.exitCode, 78);
    return error.message.split('\n');
  }
  return [];
}

test('a minimal config gets its defaults', () => {
  const config = parseConfig(MINIMAL, 'throughline.yaml', { env: {} });
  assert.equal(config.embed.model, 'minilm');
  assert.deepEqual(config.split, { mode: 'sentences', overlap: 32 });
  assert.equal(config.lake, './lake');
  assert.deepEqual(config.source.attributes, []);
});

test('a misspelt key is named with its line, its column and a suggestion', () => {
  assert.deepEqual(problemsOf(`${MINIMAL}  timestmap: date\n`), [
    'throughline.yaml:6:3: unknown key "source.timestmap": did you mean "timestamp"?',
  ]);
});

test('a wrong value is named with its line', () => {
  const [problem] = problemsOf(`${MINIMAL}split:\n  mode: words\n`);
  assert.match(problem!, /^throughline.yaml:7:3: split.mode: .*sentences/);
});

test('a missing key is named', () => {
  const problems = problemsOf('name: x\nsource:\n  type: csv\n  path: a.csv\n');
  assert.equal(problems.length, 1);
  assert.match(problems[0]!, /^throughline.yaml:2:1: source.text: /);
});

test('a wrong transform step is explained by the step that was meant', () => {
  const [problem] = problemsOf(`${MINIMAL}transform:\n  - { drop_nulls: text }\n`);
  assert.match(problem!, /^throughline.yaml:7:7: transform.0.drop_nulls: /);
});

test('a misspelt transform step is named with a suggestion', () => {
  assert.deepEqual(problemsOf(`${MINIMAL}transform:\n  - { dedup: text }\n`), [
    'throughline.yaml:7:7: unknown key "transform.0.dedup": did you mean "dedupe"?',
  ]);
});

test('broken YAML is an error with its line', () => {
  assert.match(problemsOf('name: [x\nsource: 1\n')[0]!, /^throughline.yaml:\d+:\d+: /);
});

test('a variable in a value reads the environment, and a missing variable is named with its line', () => {
  const config = parseConfig(`${MINIMAL}lake: \${BASE}/lake\n`, 'throughline.yaml', {
    env: { BASE: '/data' },
  });
  assert.equal(config.lake, '/data/lake');
  assert.deepEqual(problemsOf(`${MINIMAL}lake: \${BASE}/lake\n`), [
    'throughline.yaml:6:7: the environment variable BASE is not set',
  ]);
});

test('variables of a profile that is not chosen need not be set', () => {
  const text = `${MINIMAL}lake: \${BASE}\nprofiles:\n  prod: { lake: "\${PROD}" }\n  dev: { lake: "\${DEV}" }\n`;
  const lakeOf = (profile?: string) =>
    parseConfig(text, 'throughline.yaml', { profile, env: { BASE: '/base', DEV: '/dev' } }).lake;
  assert.equal(lakeOf(), '/base');
  assert.equal(lakeOf('dev'), '/dev');
  assert.match(problemsOf(text, { profile: 'prod', env: { BASE: '/base' } })[0]!, /variable PROD is not set/);
});

test('a value that is shared with another profile has its variables replaced, once', () => {
  const text = `${MINIMAL}profiles:\n  prod: { lake: &here "\${A}" }\n  dev: { lake: *here }\n`;
  const { lake } = parseConfig(text, 'throughline.yaml', { profile: 'dev', env: { A: '${A}/x' } });
  assert.equal(lake, '${A}/x');
});

test('names that every object has are no profiles', () => {
  for (const profile of ['toString', 'constructor', '__proto__'])
    assert.match(problemsOf(MINIMAL, { profile })[0]!, /there is no profile/);
});

test('a profile overlays the base, and an unknown profile is an error with a suggestion', () => {
  const text = `${MINIMAL}profiles:\n  prod: { lake: /srv/lake, source: { path: all.csv } }\n`;
  const config = parseConfig(text, 'throughline.yaml', { profile: 'prod', env: {} });
  assert.equal(config.lake, '/srv/lake');
  assert.equal(config.source.path, 'all.csv');
  assert.equal(config.source.text, 'narrative');
  assert.deepEqual(problemsOf(text, { profile: 'prd' }), [
    'throughline.yaml: there is no profile "prd": did you mean "prod"?',
  ]);
});

test('a mistake in a profile is placed in the profile', () => {
  const [problem] = problemsOf(`${MINIMAL}profiles:\n  prod:\n    split: { mode: words }\n`, {
    profile: 'prod',
  });
  assert.match(problem!, /^throughline.yaml:8:14: profiles.prod.split.mode: /);
});

test('several problems are reported at once', () => {
  assert.equal(problemsOf(`${MINIMAL}lakes: x\nengin: local\n`).length, 2);
});

test('a lake is a folder or in S3: another store, or no bucket, is said at once', () => {
  for (const lake of ['s3://bucket/prefix', 's3a://bucket', 'file:///srv/lake', '../lake'])
    assert.deepEqual(problemsOf(`${MINIMAL}lake: ${lake}\n`), []);
  assert.deepEqual(problemsOf(`${MINIMAL}lake: gs://bucket/lake\n`), [
    'throughline.yaml:6:1: lake: a lake is a folder or s3://bucket/prefix; there is no store for gs://',
  ]);
  assert.match(problemsOf(`${MINIMAL}lake: s3:///lake\n`)[0]!, /names no bucket/);
  const profiles = `${MINIMAL}profiles:\n  prod: { lake: "hdfs://node/lake" }\n`;
  assert.match(problemsOf(profiles, { profile: 'prod' })[0]!, /no store for hdfs/);
});

test('an index is kept in files, or in a database that a variable names', () => {
  const storeOf = (index: string) =>
    parseConfig(`${MINIMAL}index: ${index}\n`, 'throughline.yaml', {
      env: { DB: 'postgres://u:p%40ss@h/db' },
    }).index.store;
  assert.equal(storeOf('{ keep: 2 }'), 'zvec');
  assert.deepEqual(storeOf(`{ store: { pgvector: "\${DB}" } }`), {
    pgvector: 'postgres://u:p%40ss@h/db',
    schema: 'throughline',
  });
  const [other] = problemsOf(`${MINIMAL}index: { store: { pgvector: "mysql://u:secret@h/db" } }\n`);
  assert.match(other!, /^throughline.yaml:6:19: index.store.pgvector: the address of a database: postgres:/);
  assert.doesNotMatch(other!, /secret/);
  const [schema] = problemsOf(
    `${MINIMAL}index: { store: { pgvector: "postgres://h/db", schema: "My Schema" } }\n`,
  );
  assert.match(schema!, /index.store.schema: a schema is named with small letters/);
});

test('a catalog needs the engine that has one, wherever it is named', () => {
  const spark = 'engine: { spark: "sc://host" }\n';
  const catalog = 'catalog: { schema: main.complaints }\n';
  assert.deepEqual(problemsOf(`${MINIMAL}${spark}${catalog}`), []);
  const profiles = `${MINIMAL}profiles:\n  prod:\n    catalog: { schema: complaints }\n`;
  assert.match(
    problemsOf(`${MINIMAL}${catalog}`)[0]!,
    /^throughline.yaml:6:1: catalog: only a Spark cluster/,
  );
  assert.match(problemsOf(profiles, { profile: 'prod' })[0]!, /^throughline.yaml:8:5: catalog: only/);
  assert.deepEqual(problemsOf(`${profiles}    ${spark}`, { profile: 'prod' }), []);
});

test('another engine takes the place of the config, whose variables need not be set', () => {
  const spark = (more = '') => `engine: { spark: "\${SPARK_URL}", taskTexts: 7${more} }\n`;
  const engineOf = (text: string, options: object) =>
    parseConfig(`${MINIMAL}${text}`, 'throughline.yaml', { env: {}, ...options }).engine;
  assert.equal(engineOf(spark(), { engine: 'local' }), 'local');
  assert.equal(engineOf(`${spark()}catalog: { schema: x }\n`, { engine: 'local' }), 'local');
  const other = { spark: 'sc://other', taskTexts: 7 };
  assert.deepEqual(engineOf(spark(), { engine: other.spark }), other);
  assert.deepEqual(engineOf('', { engine: other.spark }), { ...other, taskTexts: 4000 });
  assert.match(
    problemsOf(`${MINIMAL}${spark(`, lake: "\${L}"`)}`, { engine: other.spark })[0]!,
    /L is not set/,
  );

  const prod = `${spark()}profiles: { prod: { engine: { lake: /mnt/lake } }, home: { engine: local } }\n`;
  const merged = { ...other, lake: '/mnt/lake' };
  assert.deepEqual(engineOf(prod, { engine: other.spark, profile: 'prod' }), merged);
  assert.equal(engineOf(prod, { engine: 'local', profile: 'prod' }), 'local');
  assert.deepEqual(engineOf(prod, { engine: other.spark, profile: 'home' }), other);
  const shared = `profiles: { a: { engine: &one { spark: "\${A}", taskTexts: 7 } }, b: { engine: *one } }\n`;
  assert.deepEqual(engineOf(shared, { engine: other.spark, profile: 'b' }), other);
});

test('a schema of a catalog is names with dots between them', () => {
  for (const schema of ['', '.main', 'main.', 'main..x', 'a`b', ' x']) {
    const text = `${MINIMAL}engine: { spark: "sc://host" }\ncatalog: { schema: ${JSON.stringify(schema)} }\n`;
    assert.match(problemsOf(text)[0] ?? '', /^throughline.yaml:7:12: catalog.schema: /, schema);
  }
});

test('k-means needs the number of themes', () => {
  assert.deepEqual(problemsOf(`${MINIMAL}themes:\n  method: kmeans\n`), [
    'throughline.yaml:6:1: themes.count: k-means needs the number of themes: themes: { method: kmeans, count: 12 }',
  ]);
});

test('a program that finds themes is named, and says their number', () => {
  const of = (settings: string) => problemsOf(`${MINIMAL}themes: { ${settings} }\n`);
  assert.deepEqual(of('method: command, command: [python3, cluster.py], order: [id], timeout: 1h'), []);
  assert.match(
    of('method: command')[0]!,
    /themes\.command: which program finds them: themes: \{ method: com/,
  );
  assert.match(of('command: [a]')[0]!, /themes\.command: it is a setting of method: command$/);
  assert.match(of('method: kmeans, count: 3, timeout: 1h')[0]!, /themes\.timeout: it is a setting of method/);
  assert.match(of('method: command, command: [a], count: 3')[0]!, /themes\.count: the program says how many/);
  assert.match(of('order: [id]')[0]!, /themes\.order: only k-means and a program look at an order/);
});

test('themes are watched by the time of records, and by an attribute of text', () => {
  const themes = (by: string) => `themes: { watch: { every: 7d, by: ${by} } }\n`;
  const timed = `${MINIMAL}  timestamp: date\n  attributes: [product, { trust: Trust Name }, { amount: { column: amount, type: double } }]\n`;
  for (const by of ['product', 'trust']) assert.deepEqual(problemsOf(timed + themes(by)), []);
  assert.deepEqual(problemsOf(timed + themes('produkt')), [
    'throughline.yaml:8:31: themes.watch.by: there is no attribute of text "produkt": did you mean "product"?',
  ]);
  assert.match(
    problemsOf(timed + themes('amount'))[0]!,
    /no attribute of text "amount": there are product, trust$/,
  );
  assert.match(problemsOf(MINIMAL + themes('product'))[0]!, /:6:.* source\.timestamp$/);
  assert.match(problemsOf(`${MINIMAL}themes: { stratify: month }\n`)[0]!, /:6:.* source\.timestamp$/);
});

test('a command of split leaves long passages to nobody else, and its settings need one', () => {
  const split = (settings: string) =>
    parseConfig(`name: x\nsource: { type: csv, path: a.csv, text: t }\nsplit: ${settings}\n`, 't.yaml', {
      env: {},
    }).split;
  assert.equal(split('{ command: [cut] }').mode, 'none');
  assert.equal(split('{ command: [cut], mode: truncate }').mode, 'truncate');
  assert.throws(() => split('{ timeout: 5s }'), /t\.yaml:3:10: split\.timeout: it is a setting of a command/);
  assert.throws(() => split('{ comand: [cut] }'), /did you mean "command"/);
  assert.throws(() => split('{ command: [cut], files: [../words] }'), /inside of the folder/);
});

test('changes are those of a database, of rows that have an id', () => {
  const problemsOfSource = (source: object) => problemsOf(JSON.stringify({ name: 'x', source }));
  const database = { type: 'postgres', url: 'postgres://h/db', table: 't', text: 't' };
  const changes = { watermark: 'updated_at' };
  assert.deepEqual(problemsOfSource({ ...database, id: 'id', changes }), []);
  assert.match(problemsOfSource({ ...database, changes })[0]!, /source.changes: .*needs source.id/);
  assert.match(
    problemsOfSource({ type: 'csv', path: 'a.csv', text: 't', id: 'id', changes })[0]!,
    /source.changes: a source of type csv has no changes/,
  );
  assert.match(
    problemsOfSource({ ...database, id: 'id', changes: { ...changes, overlap: '5 minutes' } })[0]!,
    /source.changes.overlap: a time is a number and ms, s, m or h/,
  );
});

test('a topic needs its brokers and an id, and is none of the settings of files', () => {
  const problemsOfTopic = (given: object) =>
    problemsOf(
      JSON.stringify({ name: 'x', source: { type: 'kafka', text: 'body', ...given } }, null, 1),
    ).join('\n');
  const whole = { brokers: 'a.example.org:9092, [::1]:9093', topic: 'complaints', id: 'kafka_key' };
  assert.equal(problemsOfTopic(whole), '');
  assert.match(problemsOfTopic({ brokers: 'h:1', topic: 't' }), /source.id: .*id: kafka_key/);
  assert.match(problemsOfTopic({ topic: 't', id: 'kafka_key' }), /needs brokers/);
  assert.match(problemsOfTopic({ ...whole, path: 'x' }), /a source of type kafka has no path/);
  for (const brokers of ['host', 'kafka://h:1', 'u:p@h:1', 'h:1,'])
    assert.match(problemsOfTopic({ ...whole, brokers }), /source.brokers/, brokers);
  const wrong = problemsOfTopic({ ...whole, value: 'text', attributes: [{ product: 'product' }] });
  assert.match(wrong, /source.text: .*no column "body"/);
  assert.match(wrong, /source.attributes: .*no column "product"/);
  const right = { value: 'text', text: 'kafka_value', attributes: [{ origin: 'kafka_header_origin' }] };
  assert.equal(problemsOfTopic({ ...whole, ...right }), '');
  assert.match(problemsOf(`${MINIMAL}  topic: t\n`).join(), /a source of type csv has no topic/);
});
