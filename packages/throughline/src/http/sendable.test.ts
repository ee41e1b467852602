import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EXIT } from '../error.ts';
import { checkSendable } from './sendable.ts';

test('an address of http or https, with headers that can be sent', () => {
  checkSendable({ url: 'http://127.0.0.1:8080/v1/embeddings' });
  checkSendable({ url: 'https://api.example.org/v1/embeddings', headers: { authorization: 'Bearer x' } });
});

test('anything else is an error of the configuration', () => {
  for (const url of ['', 'api.example.org', 'ftp://api.example.org', 'https://'])
    assert.throws(() => checkSendable({ url }), { exitCode: EXIT.config });
});

test('a key that cannot be sent is not told', () => {
  const headers = { authorization: 'Bearer SE\nCRET' };
  assert.throws(
    () => checkSendable({ url: 'https://api.example.org', headers }),
    (error: Error) => /"authorization"/.test(error.message) && !/SE|CRET/.test(error.message),
  );
});
