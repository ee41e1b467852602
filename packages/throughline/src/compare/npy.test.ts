import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import type { ThroughlineError } from '../error.ts';
import { openNpy } from './npy.ts';
import { npyBytes, temporaryFolder } from './testing/results.ts';

const MATRIX = [
  [1, -2, 0.5],
  [Number.NaN, Number.POSITIVE_INFINITY, 0],
];

async function written(t: TestContext, bytes: Buffer): Promise<string> {
  const path = join(await temporaryFolder(t), 'vectors.npy');
  await writeFile(path, bytes);
  return path;
}

for (const type of ['<f2', '<f4', '<f8'] as const) {
  test(`a matrix of ${type} is read row by row`, async (t) => {
    await using npy = await openNpy(await written(t, npyBytes(MATRIX, type)));
    assert.deepEqual([npy.rows, npy.columns], [2, 3]);
    const numbers: number[] = [];
    for await (const block of npy.blocks()) numbers.push(...block);
    assert.deepEqual(numbers, MATRIX.flat());
  });
}

test('a matrix larger than a block comes in blocks of whole rows', async (t) => {
  const columns = 1_000;
  const rows = 5_000;
  const row = Array.from({ length: columns }, (_, i) => i);
  await using npy = await openNpy(await written(t, npyBytes(new Array(rows).fill(row), '<f4')));
  const sizes: number[] = [];
  for await (const block of npy.blocks()) {
    assert.equal(block.length % columns, 0);
    assert.equal(block[block.length - 1], columns - 1);
    sizes.push(block.length / columns);
  }
  assert.ok(sizes.length > 1);
  assert.equal(
    sizes.reduce((sum, size) => sum + size),
    rows,
  );
});

test('a matrix without rows has none', async (t) => {
  await using npy = await openNpy(await written(t, npyBytes([], '<f4', { shape: '(0, 3)' })));
  for await (const _ of npy.blocks()) assert.fail('no block was expected');
});

for (const [name, header, message] of [
  ['whole numbers', { descr: "'<i8'" }, /numbers are <i8/],
  ['the other byte order', { descr: "'>f4'" }, /numbers are >f4/],
  ['a record array', { descr: "[('id', '<i8'), ('v', '<f4')]" }, /of several types/],
  ['Fortran order', { fortran_order: 'True' }, /Fortran order/],
  ['one dimension', { shape: '(6,)' }, /shape is \(6,\)/],
  ['three dimensions', { shape: '(1, 2, 3)' }, /shape is \(1, 2, 3\)/],
  ['more rows than there are', { shape: '(3, 3)' }, /promises \d+ bytes, it has \d+/],
] as const) {
  test(`${name}: refused with exit code 65 and how to save it`, async (t) => {
    const path = await written(t, npyBytes(MATRIX, '<f4', header));
    await assert.rejects(openNpy(path), (error: ThroughlineError) => {
      assert.equal(error.exitCode, 65);
      assert.match(error.message, message);
      return error.hint !== undefined;
    });
  });
}

test('a file that is no matrix is refused, however short', async (t) => {
  for (const bytes of [
    Buffer.alloc(0),
    Buffer.from('id,text\n1,hello there\n'),
    npyBytes(MATRIX, '<f4').subarray(0, 40),
  ])
    await assert.rejects(openNpy(await written(t, bytes)), { exitCode: 65 });
});
