import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConnectionString } from './connection-string.ts';
import { ConnectionStringError } from './errors.ts';

const ID = '0f4a9b0c-8a64-4b0e-9d3e-3f1b8a1c2d3e';

test('host and port are enough, and the port has a default', () => {
  assert.deepEqual(parseConnectionString('sc://host'), {
    host: 'host',
    port: 15002,
    tls: false,
    headers: {},
  });
  assert.equal(parseConnectionString('sc://[::1]:7/').host, '[::1]');
});

test('every parameter is read, percent-decoded', () => {
  const text = `sc://a.b-c:443/;use_ssl=true;token=x%3B%3D=y;user_id=J%C3%BCrg;session_id=${ID};user_agent=me;x-cluster=c`;
  assert.deepEqual(parseConnectionString(text), {
    host: 'a.b-c',
    port: 443,
    tls: true,
    token: 'x;==y',
    userId: 'Jürg',
    sessionId: ID,
    userAgent: 'me',
    headers: { 'x-cluster': 'c' },
  });
});

test('a token means TLS, except to this machine', () => {
  const tls = (text: string) => parseConnectionString(text).tls;
  assert.deepEqual(['sc://host/;token=t', 'sc://localhost/;token=t', 'sc://127.0.0.1/;token=t'].map(tls), [
    true,
    false,
    false,
  ]);
  assert.equal(parseConnectionString('sc://host', 'given').tls, true);
  assert.throws(() => tls('sc://host/;token=secret;use_ssl=false'), ConnectionStringError);
});

for (const [text, why] of [
  ['http://host', /form/],
  ['sc://', /form/],
  ['sc://user@host', /form/],
  ['sc://host:99999', /port/],
  ['sc://host:0', /port/],
  ['sc://host/path', /begins with/],
  ['sc://host/;tokn=x', /tokn/],
  ['sc://host/;token', /no value/],
  ['sc://host/;token=', /no value/],
  ['sc://host/;token=a;token=b', /twice/],
  ['sc://host/;use_ssl=yes', /true or false/],
  ['sc://host/;session_id=1', /UUID/],
  ['sc://host/;token=%zz', /percent/],
  ['sc://host/;token=%0d%0a', /printable/],
] as const) {
  test(`${text} is refused`, () => {
    assert.throws(
      () => parseConnectionString(text),
      (error: Error) => error instanceof ConnectionStringError && why.test(error.message),
    );
  });
}

test('an error never holds the token', () => {
  for (const rest of ['use_ssl=false', 'use_ssl=maybe', 'other=1', 'token=again']) {
    assert.throws(
      () => parseConnectionString(`sc://host/;token=secret;${rest}`),
      (error: Error) => !error.message.includes('secret'),
    );
  }
});
