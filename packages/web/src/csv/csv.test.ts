import assert from 'node:assert/strict';
import test from 'node:test';
import { csv } from './csv.ts';

test('cells with quotes, commas and line breaks are quoted', () => {
  assert.equal(csv([['a', 'b,c', 'say "no"', 'two\nlines']]), 'a,"b,c","say ""no""","two\nlines"\r\n');
});

test('nothing that a spreadsheet would run comes out', () => {
  for (const start of ['=', '+', '-', '@', '\t', '\r']) {
    const line = csv([[`${start}HYPERLINK("http://x")`]]);
    assert.ok(line.startsWith(`"'${start}`), line);
  }
  assert.equal(csv([['plain', "it's", 'a=b']]), "plain,it's,a=b\r\n");
});

test('numbers and missing values stay what they are', () => {
  assert.equal(csv([[-1.5, true, null, undefined, '']]), '-1.5,true,,,\r\n');
});
