import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodingTest } from './encoding.ts';

const { find } = encodingTest();

/** UTF-8 read as Windows-1252, as a careless program does. */
const misread = (text: string) => new TextDecoder('windows-1252').decode(new TextEncoder().encode(text));

test('letters, quotes, dashes and emoji that were decoded as Windows-1252 are found', () => {
  for (const text of [
    'café',
    'naïve',
    'Müller',
    'señor',
    'it’s',
    '“so”',
    'a – b',
    'Привет',
    '🙂',
    '£5',
    'ÀÉÎÕÜ',
  ])
    assert.deepEqual(find(`well ${misread(text)} then`).includes('mojibake'), true, misread(text));
});

test('sound texts of many languages pass', () => {
  const sound = [
    ...['It’s “fine” – really… €5 or £5, 20 °C, ½ price', 'Müller wohnt in der Großstraße, „ja“, «nein»'],
    ...['São Paulo, NÃO É ASSIM, IRMÃ’', 'DÉJÀ VU À L’ÂGE DE 5 ANS', 'Привет, Ёлка и Ñandú', '你好 🙂 مرحبا'],
    ...['one\ttwo\nthree\r\n', 'Ação, coração, ÂNGULO', 'Đà Nẵng, PHỞ BÒ Â ấ'],
  ];
  for (const text of sound) assert.deepEqual(find(text), [], text);
});

test('replacement characters, NUL and control characters are told apart', () => {
  assert.deepEqual(find('caf\ufffd'), ['replacement']);
  assert.deepEqual(find('a\u0000b'), ['control']);
  assert.deepEqual(find('a\u0085b\ufffd'), ['replacement', 'control']);
  assert.deepEqual(encodingTest(['control']).find('caf\ufffd'), []);
});

test('any accented text of Western Europe that is misread is found', () => {
  const letters = fc.constantFrom(...'àáâãäåçèéêëìíîïñòóôõöùúûüÿß');
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z ]{0,20}$/), letters, (text, letter) => {
      assert.ok(find(misread(`${text}${letter}s`)).includes('mojibake'));
    }),
  );
});
