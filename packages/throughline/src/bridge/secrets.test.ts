import assert from 'node:assert/strict';
import test from 'node:test';
import { lintNotebook, readRecipe } from '@throughline/notebook-lint';
import { configText } from './config-text.ts';
import { pipelinePlan } from './pipeline-plan.ts';
import { fromEnvironment, secretsOf, struckOut } from './secrets.ts';
import { planForPeople, recipeForPeople } from './strike-out.ts';

const KEY = 'sk-proj-Zq8xT3mV9bL2nR7wK4dJ6hG1';
const TOKEN = `ghp_${'aB3dE6gH9j'.repeat(4)}`;
const RANDOM = 'abcdEFGH1234567890abcdEFGH1234567890abcd';

async function secretsIn(code: string) {
  const { cells } = await lintNotebook(`# %%\n${code}`, { file: 'a.py' });
  return await secretsOf(cells);
}

test('a secret becomes a variable of the environment in Python, and is struck out for people', async () => {
  const code = `from openai import OpenAI\nclient = OpenAI(api_key="${KEY}")\nname = "harmless"\n`;
  const secrets = await secretsIn(code);
  assert.deepEqual(
    secrets.map(({ variable, cell, line }) => [variable, cell, line]),
    [['OPENAI_API_KEY', 0, 2]],
  );
  const python = fromEnvironment(code, secrets);
  assert.ok(
    python.includes('client = OpenAI(api_key=os.environ["OPENAI_API_KEY"])') && python.includes('"harmless"'),
  );
  assert.equal(struckOut(`api_key=${KEY}`, secrets), 'api_key=***');
  assert.equal(struckOut(`OpenAI(api_key="${KEY.slice(0, 9)} ...`, secrets), 'OpenAI(api_key="*** ...');
});

const CODE: readonly (readonly [code: string, python: string])[] = [
  [`token = "${TOKEN}"`, 'token = os.environ["TOKEN"]'],
  [
    `a = {"key": "AKIAQWERTY12QWERTY12", "secret": "${RANDOM}"}`,
    'a = {"key": os.environ["KEY"], "secret": os.environ["SECRET"]}',
  ],
  [
    `h = {"Authorization": "Bearer ${TOKEN}"}`,
    'h = {"Authorization": ("Bearer " + os.environ["AUTHORIZATION"])}',
  ],
  ['db = connect("postgresql://ada:s3cr3tX@db:5432/a")', 'db = connect(os.environ["API_KEY"])'],
  ['password = "subject"\nx = row["subject"]', 'password = os.environ["PASSWORD"]\nx = row["subject"]'],
  ['password = "hunter22"', 'password = os.environ["PASSWORD"]'],
];
for (const [code, python] of CODE)
  test(`without secrets: ${python}`, async () =>
    assert.equal(fromEnvironment(code, await secretsIn(code)), python));

for (const code of [
  `KEY = """\n${KEY}\n"""`,
  `TOKEN = ("${TOKEN.slice(0, 24)}"\n  "${TOKEN.slice(24)}")`,
  `url = f"https://x?key=${TOKEN}&t={t}"`,
  `url = f"https://ada:s3cr3tPw99@{host}/a"`,
  `PASSWORD = """Tr0ub4dor&3"""`,
])
  test(`a statement that cannot be kept says so: ${code.slice(0, 12)}`, async () => {
    const python = fromEnvironment(code, await secretsIn(code), ' (cell 0, line 1)');
    assert.match(python, /^raise RuntimeError\("A secret stands here in the notebook \(cell 0, line 1\)/);
    for (const piece of [KEY, TOKEN.slice(0, 24), TOKEN.slice(24), 's3cr3tPw99', 'Tr0ub4dor'])
      assert.ok(!python.includes(piece));
  });

test('a secret is found among thousands of texts that are none', async () => {
  const harmless = Array.from(
    { length: 5000 },
    (_, n) => `t${n} = f"a-text-with-number-${n}-{t}-and-more-of-it"`,
  );
  const secrets = await secretsIn([...harmless, `k = "${KEY}"`].join('\n'));
  assert.deepEqual(
    secrets.map(({ value, line }) => [value, line]),
    [[KEY, 5001]],
  );
});

test('each secret has a variable of its own', async () => {
  const other = KEY.replace('Zq8', 'Yp7');
  const secrets = await secretsIn(
    `a = OpenAI(api_key="${KEY}")\nb = OpenAI(api_key="${other}")\nDESK_TOKEN = "${TOKEN}"\nc = OpenAI(api_key="${KEY}")`,
  );
  assert.deepEqual(secrets.map(({ variable }) => variable).sort(), [
    'API_KEY',
    'DESK_TOKEN',
    'OPENAI_API_KEY',
  ]);
});

const HEAD = 'import pandas as pd\nfrom openai import OpenAI\n';
const embedding = (client = 'OpenAI()') =>
  `${client}.embeddings.create(model="text-embedding-3-small", input=df["text"].tolist())`;
const CONFIGS: readonly (readonly [code: string, config: RegExp])[] = [
  [
    `${HEAD}df = pd.read_csv("https://ada:s3cr3tPw99@host/a.csv?sig=abcdabcd12")\n${embedding()}`,
    /# QUESTION: The value of the notebook holds a secret.*\n.*from cell 0, line 3: df = pd.read_csv\("https:\/\/ada:\*\*\*@host\/a.csv\?sig=\*\*\*"\)\n {2}path: unknown/,
  ],
  [
    `${HEAD}df = pd.read_csv("a.csv")\npassword = "hunter22"\ndf = df[df.cat == "hunter22"]\n${embedding()}`,
    /# QUESTION: The value of the notebook holds a secret.*\n.*from cell 0, line 5: df = df\[df.cat == "\*\*\*"\]\n\n/,
  ],
  [
    `${HEAD}df = pd.read_csv("a.csv")\n${embedding('OpenAI(base_url="https://ada:s3cr3tPw99@gw.x/v1")')}`,
    /# QUESTION: The address of the notebook holds a secret.*\n.*\n {2}url: '\$\{EMBED_URL\}'/,
  ],
  [
    `${HEAD}df = pd.read_csv("a.csv", storage_options={"key": "AKIAQWERTY12QWERTY12", "secret": "${RANDOM}"})\n${embedding()}`,
    /from cell 0, line 3: df = pd.read_csv\("a.csv", storage_options=\{"key": "\*\*\*", "secret": "\*\*\*"\}\)\n {2}path: a.csv/,
  ],
];
for (const [code, expected] of CONFIGS)
  test(`no config with a secret: ${code.split('\n')[2]!.slice(0, 40)}`, async () => {
    const secrets = await secretsIn(code);
    const recipe = recipeForPeople(await readRecipe(`# %%\n${code}`, { file: 'a.py' }), secrets);
    const named = { name: 'a', lake: './lake', source: undefined, looked: undefined, answers: {} };
    const yaml = configText(planForPeople(pipelinePlan({ recipe, ...named }), secrets), 'a.py');
    assert.match(yaml, expected);
    for (const secret of ['s3cr3tPw99', 'abcdabcd12', 'hunter22', 'AKIA', RANDOM.slice(0, 12)])
      assert.ok(!yaml.includes(secret), yaml);
  });
