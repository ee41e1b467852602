import assert from 'node:assert/strict';
import { test } from 'node:test';
import { languageShares, unknownLanguages } from './languages.ts';

const ENGLISH = 'They keep calling me every day about a debt that is not mine and will not stop.';
const GERMAN = 'Die Bank hat mein Konto ohne Vorwarnung gesperrt und niemand gibt mir eine Auskunft.';

test('a language that the model does not know is named with its share', () => {
  const shares = languageShares([ENGLISH, ENGLISH, ENGLISH, GERMAN]);
  assert.deepEqual(shares, [
    { language: 'en', share: 0.75 },
    { language: 'de', share: 0.25 },
  ]);
  assert.deepEqual(unknownLanguages(shares, ['en']), [{ language: 'de', share: 0.25 }]);
  assert.deepEqual(unknownLanguages(shares, undefined), []);
});

test('short texts are not judged', () => {
  assert.deepEqual(unknownLanguages(languageShares(['ok', 'nein danke', 'n/a']), ['en']), []);
});
