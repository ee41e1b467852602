import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lintNotebook } from './lint.ts';

/** Each function calls others, in circles: followed without memory of what was seen, they never end. */
function program(functions: number, calls: number): string {
  const names = Array.from({ length: functions }, (_, at) => at);
  const body = (at: number) =>
    Array.from(
      { length: calls },
      (_, call) => `    x${call} = f${(at * 7 + call * 13 + 1) % functions}(text)\n`,
    ).join('');
  const definitions = names.map((at) => `def f${at}(text):\n${body(at)}    return x0\n`).join('');
  const last = `def embed(text):\n    return openai.Embedding.create(input=text)\n`;
  const loops = names.map((at) => `for text in texts:\n    f${at}(text)\n`).join('');
  return `import openai\n${last}${definitions.replace('    return x0', '    embed(text)\n    return x0')}${loops}`;
}

test('functions that call each other in circles are followed to their ends, once', async () => {
  const { findings } = await lintNotebook(program(120, 12), { file: 'a.py', rules: ['embed-per-row'] });
  assert.equal(findings.length, 120);
});
