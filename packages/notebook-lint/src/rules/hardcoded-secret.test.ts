import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lintNotebook } from '../lint.ts';
import { assertMarked } from '../testing/notebook.ts';

test('keys and passwords are found, by their form or by their name', () =>
  assertMarked(
    'hardcoded-secret',
    `
import os, openai
openai.api_key = "sk-${'a1B2c3D4'.repeat(5)}" # !
client = OpenAI(api_key='sk-proj-${'Zx9_Kq7-'.repeat(4)}') # !
os.environ['PINECONE_API_KEY'] = '7f3b2c1d-9a8e-4f5d-b6c7-8e9f0a1b2c3d' # !
headers = {'Authorization': 'Bearer hf_${'QwErTyUiOp'.repeat(3)}'} # !
token = 'ghp_${'aB3dE6gH9j'.repeat(4)}' # !
psycopg2.connect(host='db', password='hunter22') # !
engine = create_engine('postgresql://ada:s3cr3tX@db:5432/a') # !
AWS_SECRET = 'AKIA${'QWERTY12'.repeat(2)}' # !
nomic.login('7xDPkYXSYDc1-ErdTPIcoAR9RNd8YDlk') # !
%env OPENAI_API_KEY=sk-${'a1B2c3D4'.repeat(5)} # !
`,
  ));

test('placeholders, names of variables, paths and settings are not', () =>
  assertMarked(
    'hardcoded-secret',
    `
import os, openai
openai.api_key = os.getenv('OPENAI_API_KEY') or 'OPENAI_API_KEY'
openai.api_key = os.environ['OPENAI_API_KEY']
openai.api_key = 'YOUR_API_KEY'
openai.api_key = 'sk-...'
openai.api_key = 'sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'
openai.api_key = '<your key here>'
openai.api_key_path = '/keys/openai.env'
key = find_secret(secret_name='openai-api-key-3', keyvault='keys')
tokenizer.pad_token = '[PAD]'
pad_token = '<|endoftext|>'
model = 'text-embedding-ada-002'
primary_key = 'complaint_id_2024_version'
password = getpass()
password = ''
engine = create_engine('postgresql://user:password@localhost/a')
engine = create_engine(f'postgresql://ada:{password}@db/a')
commit = 'd0cb11052851e9a7c7231a12a0df9105d238de61'
wandb.login()
login('ada')
question = 'What is a secret token?'
max_tokens = 500
`,
  ));

test('a finding does not repeat the secret', async () => {
  const secret = `sk-${'a1B2c3D4'.repeat(5)}`;
  const { findings } = await lintNotebook(`api_key = '${secret}'`, { file: 'a.py' });
  assert.equal(findings.length, 1);
  assert.ok(!JSON.stringify(findings).includes(secret));
});
