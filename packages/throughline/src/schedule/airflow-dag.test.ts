import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import fc from 'fast-check';
import { parse } from 'yaml';
import { parseConfig } from '../config/index.ts';
import { airflowDag } from './airflow-dag.ts';
import { pythonLiteral } from './python-literal.ts';

const DOCS = readFileSync(join(import.meta.dirname, '../../../../docs/scheduling.md'), 'utf8');
const blocks = (language: string) =>
  [...DOCS.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 'gs'))].map(([, text]) => text!);

const MINIMAL = 'name: complaints\nsource: { type: csv, path: a.csv, text: text }\nlake: ./lake\n';
/** The settings that the docs show. */
const config = parseConfig(`${MINIMAL}${blocks('yaml')[0]}`, 'throughline.yaml', {});

const dag = (change: Partial<Parameters<typeof airflowDag>[0]> = {}) =>
  airflowDag({
    ...{ config, schedule: config.schedule!, profile: undefined, command: 'throughline', version: '1.2.3' },
    ...{ configFile: '/etc/throughline.yaml', ...change },
  });

test('what the docs show is in the DAG', () => {
  const text = dag();
  for (const part of [
    'CronDataIntervalTimetable("0 6 * * *", timezone="Europe/London")',
    'pendulum.datetime(2024, 1, 1, tz="Europe/London")',
    'pool="embedding_api"',
    'plan --groups 16',
    '"retry_delay": timedelta(seconds=60)',
    'Asset("throughline://complaints")',
  ])
    assert.ok(text.includes(part), part);
  assert.ok(!text.includes('--profile'));
  assert.match(dag({ profile: 'prod' }), /--profile "\$THROUGHLINE_PROFILE"/);
  assert.match(dag({ image: 'registry.example.org/x:1' }), /KubernetesPodOperator/);
});

test('it is Python, whatever the config, its path and the command are called', () => {
  const hostile = `"""\\ 'x' {y} \u2028 é \${z}\nimport os`;
  const text = dag({ configFile: hostile, command: hostile, profile: hostile, image: hostile });
  const found = execFileSync('python3', ['-c', READ], { input: text, encoding: 'utf8' });
  assert.deepEqual(JSON.parse(found), { THROUGHLINE: hostile, IMAGE: hostile });
});

/** Reads the file without running it. */
const READ = `
import ast, json, sys
tree = ast.parse(sys.stdin.read())
found = {t.id: ast.literal_eval(n.value) for n in tree.body if isinstance(n, ast.Assign) for t in n.targets}
print(json.dumps({name: found[name] for name in ("THROUGHLINE", "IMAGE")}))
`;

test('a literal is what JSON says it is, in ASCII', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const literal = pythonLiteral(text);
      assert.match(literal, /^"[\x20-\x7e]*"$/);
      assert.equal(JSON.parse(literal), text);
    }),
  );
  assert.deepEqual([true, false, null, 3].map(pythonLiteral), ['True', 'False', 'None', '3']);
});

test('the workflow of the docs is YAML', () => {
  const workflow = parse(blocks('yaml')[1]!);
  assert.ok(workflow.jobs.run.steps.length > 3);
});
