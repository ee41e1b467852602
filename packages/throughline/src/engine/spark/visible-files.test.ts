import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkVisible } from './visible-files.ts';

function found(...names: string[]) {
  return { files: names.map((name) => ({ path: `/data/_x/${name}`, name, bytes: 1 })), token: undefined };
}

test('a file that Spark takes for hidden is refused by name, before it is read as empty', () => {
  for (const name of ['_a.csv', '.a.csv', 'a.csv._COPYING_'])
    assert.throws(() => checkVisible(found('b.csv', name)), {
      exitCode: 66,
      message: new RegExp(`^${name}: `),
    });
  const visible = found('a_.csv', '_year=2024.csv', '_metadata', 'a.b');
  assert.equal(checkVisible(visible), visible);
});
