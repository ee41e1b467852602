import assert from 'node:assert/strict';
import test from 'node:test';
import { lintNotebook } from '@throughline/notebook-lint';
import { fromEnvironment, secretsOf, struckOut } from './secrets.ts';

const KEY = 'sk-proj-Zq8xT3mV9bL2nR7wK4dJ6hG1';

test('a secret becomes a variable of the environment in Python, and is struck out for people', async () => {
  const code = `from openai import OpenAI\nclient = OpenAI(api_key="${KEY}")\nname = "harmless"\n`;
  const { findings, cells } = await lintNotebook(`# %%\n${code}`, { file: 'a.py' });
  const secrets = secretsOf(findings, cells);
  assert.deepEqual(
    secrets.map(({ variable, cell, line }) => [variable, cell, line]),
    [['OPENAI_API_KEY', 0, 2]],
  );
  const python = fromEnvironment(code, secrets);
  assert.ok(
    python.includes('client = OpenAI(api_key=os.environ["OPENAI_API_KEY"])') && python.includes('"harmless"'),
  );
  assert.equal(struckOut(`api_key=${KEY}`, secrets), 'api_key=***');
});
