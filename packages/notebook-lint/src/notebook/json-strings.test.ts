import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { scanStrings } from './json-strings.ts';

function strings(
  value: unknown,
  path: readonly (string | number)[] = [],
): [readonly (string | number)[], string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value !== 'object' || value === null) return [];
  const entries = Array.isArray(value)
    ? value.map((one, index) => [index, one] as const)
    : Object.entries(value);
  return entries.flatMap(([key, one]) => strings(one, [...path, key]));
}

test('every string value is found with its path and its place, however the text is laid out', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.nat(3), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      const found: [readonly (string | number)[], string][] = [];
      const error = scanStrings(text, (path, offset) => {
        const after = text.slice(offset);
        for (let length = 2; ; length++) {
          try {
            found.push([path, JSON.parse(after.slice(0, length)) as string]);
            return;
          } catch {}
        }
      });
      assert.equal(error, undefined);
      assert.deepEqual(found, strings(JSON.parse(text)));
    }),
  );
});

test('a text is refused exactly where JSON.parse refuses it', () => {
  const text = fc.oneof(
    fc.string(),
    fc.tuple(fc.jsonValue(), fc.nat(), fc.string({ maxLength: 2 })).map(([value, at, put]) => {
      const json = JSON.stringify(value);
      const place = at % (json.length + 1);
      return json.slice(0, place) + put + json.slice(place + 1);
    }),
  );
  fc.assert(
    fc.property(text, (json) => {
      let valid = true;
      try {
        JSON.parse(json);
      } catch {
        valid = false;
      }
      assert.equal(scanStrings(json, () => {}) === undefined, valid);
    }),
    { numRuns: 2000 },
  );
});
