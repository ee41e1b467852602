import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { modelDirectory } from '@throughline/model-minilm';
import fc from 'fast-check';
import { EmbedderStoppedError } from './errors.ts';
import { embedAll, loadTokenizer, modelInfo, openEmbedder } from './index.ts';
import { tooLong } from './text-failure.ts';
import type { Embedder, Tokenizer } from './types.ts';

const minilm = { model: 'minilm' } as const;
const fixtures = join(modelDirectory(), '../fixtures');

let one: Embedder;
let two: Embedder;
let tokenizer: Tokenizer;

before(async () => {
  one = await openEmbedder({ ...minilm, threads: 1 });
  two = await openEmbedder({ ...minilm, threads: 2 });
  tokenizer = await loadTokenizer(minilm);
});

after(async () => {
  await Promise.all([one.close(), two.close()]);
});

test('vectors agree with the fp32 model on complaints and sentences', async () => {
  const texts = (await referenceTexts()).map((text) => cut(text));
  const bytes = await readFile(join(fixtures, 'fp32-vectors.bin'));
  const expected = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  const actual = await embedAll(
    two,
    texts.map((entry) => entry.text),
  );
  const cosines = texts.flatMap((entry, i) => (entry.whole ? [cosine(actual, expected, i)] : []));
  assert.ok(cosines.length >= 50, `${cosines.length} texts fit`);
  const average = cosines.reduce((sum, value) => sum + value, 0) / cosines.length;
  assert.ok(average >= 0.997, `average ${average}`);
  assert.ok(Math.min(...cosines) >= 0.995, `lowest ${Math.min(...cosines)}`);
});

test('a text has one vector, bit for bit, whatever it is embedded with and by however many threads', async () => {
  const texts = [...(await referenceTexts()).map((text) => cut(text).text), ...STRANGE_TEXTS];
  const alone: Float32Array[] = [];
  for (const text of texts) alone.push(await embedAll(one, [text]));
  const positions = fc.array(fc.nat(texts.length - 1), { minLength: 1, maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(positions, { minLength: 1, maxLength: 3 }),
      fc.boolean(),
      async (calls, both) => {
        const embedder = both ? two : one;
        const answers = await Promise.all(
          calls.map((call) =>
            embedAll(
              embedder,
              call.map((i) => texts[i]!),
            ),
          ),
        );
        for (const [c, call] of calls.entries()) {
          for (const [row, i] of call.entries()) {
            const vector = answers[c]!.subarray(row * 384, (row + 1) * 384);
            assert.ok(sameBits(vector, alone[i]!), `"${texts[i]!.slice(0, 40)}" among ${call.length}`);
          }
        }
      },
    ),
    { numRuns: 12 },
  );
});

test('vectors have length 1, unless told otherwise, and the same direction then', async () => {
  await using raw = await openEmbedder({ ...minilm, threads: 1, normalize: false });
  const texts = ['A late fee was charged', ''];
  const [unit, mean] = await Promise.all([embedAll(one, texts), embedAll(raw, texts)]);
  for (const i of texts.keys()) {
    assert.ok(Math.abs(Math.hypot(...unit.subarray(i * 384, (i + 1) * 384)) - 1) < 1e-6);
    assert.ok(Math.abs(Math.hypot(...mean.subarray(i * 384, (i + 1) * 384)) - 1) > 0.01);
    assert.ok(cosine(unit, mean, i) > 0.999999);
  }
  assert.notEqual(raw.info.digest, one.info.digest);
});

test('a text of exactly the limit is embedded, one more token is a failure that tells the count, and of that text alone', async () => {
  const { maxTokens } = one.info;
  const longest = 'fee '.repeat(maxTokens - tokenizer.specialTokens);
  assert.equal(tokenizer.encode(longest).length, maxTokens);
  assert.equal((await embedAll(one, [longest])).length, 384);
  const { vectors, failures } = await one.embed([`${longest}fee`, 'fine']);
  assert.deepEqual(failures, [tooLong(0, maxTokens + 1, maxTokens)]);
  assert.ok(Number.isNaN(vectors[0]), 'no vector stands where there is none');
  assert.ok(sameBits(vectors.subarray(384), await embedAll(one, ['fine'])));
});

test('the tokenizer gives the ids of the original one, and counts without the special tokens', () => {
  assert.deepEqual([...tokenizer.encode('Hello, world!')], [101, 7592, 1010, 2088, 999, 102]);
  assert.deepEqual([...tokenizer.encode('')], [101, 102]);
  for (const text of STRANGE_TEXTS) {
    assert.equal(tokenizer.count(text) + tokenizer.specialTokens, tokenizer.encode(text).length);
  }
});

test('threads do not change the digest', async () => {
  assert.equal((await modelInfo({ ...minilm, threads: 5 })).digest, one.info.digest);
  assert.match(one.info.digest, /^[0-9a-f]{64}$/);
});

test('closing in the middle of the work rejects it and ends the threads, and the process lives', async () => {
  const embedder = await openEmbedder({ ...minilm, threads: 2 });
  const work = embedder.embed(Array.from({ length: 500 }, (_, i) => `complaint number ${i} `.repeat(40)));
  const rejected = assert.rejects(work, EmbedderStoppedError);
  await new Promise((resolve) => setTimeout(resolve, 50));
  await Promise.all([embedder.close(), rejected]);
  await assert.rejects(embedder.embed(['after']), /was closed/);
});

test('a program that forgets to close an idle embedder still ends', async () => {
  const door = new URL('./index.ts', import.meta.url).href;
  const program = `import { openEmbedder } from ${JSON.stringify(door)};
    const embedder = await openEmbedder({ model: 'minilm', threads: 2 });
    console.log((await embedder.embed(['hello'])).vectors.length);`;
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--input-type=module-typescript',
    '-e',
    program,
  ]);
  assert.equal(stdout.trim(), '384');
});

const STRANGE_TEXTS = [
  '',
  ' \n\t ',
  'ok',
  'n/a',
  '😀 my card 👩‍👩‍👧 was eaten 🇫🇷',
  'カードが使えません。返金してください。',
  '我的信用卡被重复扣款',
  'لم أستلم بطاقتي الجديدة بعد',
  'לא קיבלתי את הכרטיס',
  'Überweisung nach São Paulo: 3.500,00 €',
  'a\u0000b\u200bc\u2028d',
  '\ud800 a lone surrogate',
  'x'.repeat(300),
  '[SEP] [MASK] [CLS]',
  'fee '.repeat(254),
];

async function referenceTexts(): Promise<string[]> {
  const lines = (await readFile(join(fixtures, 'reference.jsonl'), 'utf8')).split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line).text);
}

/** The fp32 model saw long texts cut to their first tokens; no text of ours has exactly those, so they are shortened and left out of that comparison. */
function cut(text: string): { text: string; whole: boolean } {
  const whole = tokenizer.encode(text).length <= one.info.maxTokens;
  let words = text.split(' ');
  while (tokenizer.encode(words.join(' ')).length > one.info.maxTokens) words = words.slice(0, -5);
  return { text: words.join(' '), whole };
}

function cosine(a: Float32Array, b: Float32Array, row: number): number {
  let product = 0;
  let squaresA = 0;
  let squaresB = 0;
  for (let d = row * 384; d < (row + 1) * 384; d++) {
    product += a[d]! * b[d]!;
    squaresA += a[d]! ** 2;
    squaresB += b[d]! ** 2;
  }
  return product / Math.sqrt(squaresA * squaresB);
}

function sameBits(a: Float32Array, b: Float32Array): boolean {
  const bits = (vector: Float32Array) => Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
  return bits(a).equals(bits(b));
}
