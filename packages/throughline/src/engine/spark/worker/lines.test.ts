import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { linesOf } from './lines.ts';

async function split(bytes: Buffer, cuts: readonly number[], most?: number): Promise<string[]> {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  const chunks = places.slice(1).map((end, i) => bytes.subarray(places[i], end));
  const lines: string[] = [];
  const input = async function* () {
    yield* chunks;
  };
  for await (const line of linesOf(input(), most)) lines.push(line.toString());
  return lines;
}

test('lines are the same however the bytes come, and only 0x0A ends one', async () => {
  const text = fc.string({ unit: fc.constantFrom('a', '\r', '\u2028', '\u0085', 'ü', '😀', '\n', '\u010a') });
  await fc.assert(
    fc.asyncProperty(text, fc.array(fc.nat()), async (text, cuts) => {
      assert.deepEqual(await split(Buffer.from(text), cuts), text.split('\n').filter(Boolean));
    }),
  );
});

test('a line without an end is an error before it fills the memory', async () => {
  await assert.rejects(split(Buffer.from('ab\nabcdef'), [4, 6, 8], 4), /more than 4 bytes/);
  assert.deepEqual(await split(Buffer.from('abcd\nabcd'), [2, 7], 4), ['abcd', 'abcd']);
});
