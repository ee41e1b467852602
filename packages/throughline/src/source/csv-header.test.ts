import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRecord } from './csv-header.ts';

const parse = (text: string, delimiter = ',') => parseRecord(text, { delimiter, quote: '"' });

test('names are read up to the end of the first record', () => {
  assert.deepEqual(parse('id,text,date\n1,a,b\n'), ['id', 'text', 'date']);
  assert.deepEqual(parse('id,text\r\n1,a'), ['id', 'text']);
  assert.deepEqual(parse('only'), ['only']);
});

test('quotes hold delimiters, line breaks and doubled quotes', () => {
  assert.deepEqual(parse('"a,b","line\nbreak","say ""hi""",x\n'), ['a,b', 'line\nbreak', 'say "hi"', 'x']);
  assert.deepEqual(parse('a;"b;c"\n', ';'), ['a', 'b;c']);
});

test('a byte order mark is not part of a name once decoded', () => {
  assert.deepEqual(parse(new TextDecoder().decode(Buffer.from('\ufeffid,text\n'))), ['id', 'text']);
});
