import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openRedaction } from './redact.ts';

test('secrets are taken out of texts: values of variables, passwords of addresses, bearer tokens', () => {
  const env = {
    OPENAI_API_KEY: 'sk-planted/4711',
    DB_PASSWORD: 'short',
    AWS_SECRET_ACCESS_KEY: 'planted+aws',
    HOME: '/home/somebody',
  };
  const redacted = openRedaction(env);
  assert.equal(
    redacted('401 for sk-planted/4711 at http://a/?key=sk-planted%2F4711, in /home/somebody'),
    '401 for *** at http://a/?key=***, in /home/somebody',
  );
  assert.equal(
    redacted('postgres://me:pw@db/x and s3://bucket/a@b'),
    'postgres://***@db/x and s3://bucket/a@b',
  );
  assert.equal(redacted('authorization: Bearer abcdefgh.ijklmnop.qrst'), 'authorization: Bearer ***');
  assert.equal(redacted('planted+aws'), '***');
  assert.equal(
    redacted('jdbc:postgresql://h/db?user=me&password=pw&ssl=true, required username="u" password="a b";'),
    'jdbc:postgresql://h/db?user=me&password=***&ssl=true, required username="u" password="***";',
  );
  assert.equal(
    redacted("('user' 'me', 'password' 'a\\'b, c', 'kafka.sasl.jaas.config' 'x', 'dbtable' 't')"),
    "('user' 'me', 'password' '***', 'kafka.sasl.jaas.config' '***', 'dbtable' 't')",
  );
  const cut = [
    ['sslpassword=a,b&x=1 access_token=abc', 'sslpassword=***&x=1 access_token=***'],
    ['password={a;b} and password="a b c', 'password=*** and password="***"'],
    [
      "OPTIONS ('fs.s3a.secret.key' 'abc', 'ssl-password' 'a b",
      "OPTIONS ('fs.s3a.secret.key' '***', 'ssl-password' '***'",
    ],
    [
      "('pem_private_key' '--- a ---', 'secretKey' 'x', 'keyspace' 'k')",
      "('pem_private_key' '***', 'secretKey' '***', 'keyspace' 'k')",
    ],
    ["('password' 'abc\\", "('password' '***'"],
    ['Pwd={a}}b};UID=me passphrase="a\\"b"', 'Pwd=***;UID=me passphrase="***"'],
    ['UID=me; PWD=/abc ?user=me&pwd=x', 'UID=me; PWD=*** ?user=me&pwd=***'],
    [
      "password='it''s' ('password'='x', 'api_key' = 'y')",
      "password='***' ('password'='***', 'api_key' = '***')",
    ],
    ['{"password":"abc", "user": "me", "pwd" :\n"x"}', '{"password":"***", "user": "me", "pwd" :\n"***"}'],
    ["{'password': 'abc', 'user': 'me'}", "{'password': '***', 'user': 'me'}"],
    [
      String.raw`{\"password\":\"a'b\", \"user\":\"me\"}`,
      String.raw`{\"password\":\"***\", \"user\":\"me\"}`,
    ],
    [String.raw`{\"password\":\"a\\\"b\", \"u\":1}`, String.raw`{\"password\":\"***\", \"u\":1}`],
    [`OPTIONS ("password"=12345) 'api_key' = {abc}`, `OPTIONS ("password"="***") 'api_key' = '***'`],
    ['{"token": 5, "pwd": null}', '{"token": "***", "pwd": "***"}'],
    ['host=h password = x user=me', 'host=h password = *** user=me'],
    ["password =\n 'x'", "password =\n '***'"],
    ['my_token =\r\n        "abc"', 'my_token =\r\n        "***"'],
    ['"secret"\n"region" \'token\' "x" is new', '"secret"\n"region" \'token\' "x" is new'],
    [
      'fs.azure.sas.token.provider.type.acme=org.X {"PWD":"/home/me"}',
      'fs.azure.sas.token.provider.type.acme=org.X {"PWD":"/home/me"}',
    ],
    ['"api_key": abc/def+gh==, "x": 1', '"api_key": "***", "x": 1'],
    [`'password' = p@ss!w0rd, OPTIONS ("password" "x")`, `'password' = '***', OPTIONS ("password" "***")`],
    ["if token == 'x' and password=\nuser=me", "if token == 'x' and password=\nuser=me"],
    [String.raw`{\"PWD\":\"/home/me\"}`, String.raw`{\"PWD\":\"/home/me\"}`],
    [String.raw`"password=\"p w\" token=abc\" x"`, String.raw`"password=\"***\" token=***\" x"`],
    [
      "'fs.azure.sas.data.acme.net' 'sv=1' https://a/b?sv=1&sig=abc",
      "'fs.azure.sas.data.acme.net' '***' https://a/b?sv=1&sig=***",
    ],
    [
      "'fs.azure.account.oauth2.user.password.acme.dfs.core.windows.net' 'x', 'fs.azure.account.auth.type.acme' 'y'",
      "'fs.azure.account.oauth2.user.password.acme.dfs.core.windows.net' '***', 'fs.azure.account.auth.type.acme' 'y'",
    ],
    [
      'PWD=/home/me credentials.provider=org.X max_tokens=5',
      'PWD=/home/me credentials.provider=org.X max_tokens=5',
    ],
    [
      "('fs.azure.account.key.acme.dfs.core.windows.net' 'x', 'id' 'y')",
      "('fs.azure.account.key.acme.dfs.core.windows.net' '***', 'id' 'y')",
    ],
    [
      `spark.hadoop.${'long.'.repeat(20)}keystore.password=x`,
      `spark.hadoop.${'long.'.repeat(20)}keystore.password=***`,
    ],
  ] as const;
  for (const [text, hidden] of cut) assert.equal(redacted(text), hidden);
  const plain = 'd:2024-01-01 failed: mail me@example.org, a short word. Basic information';
  assert.equal(redacted(plain), plain);
});

test('long runs of blanks take no time that grows with their square', () => {
  const redacted = openRedaction({});
  const blanks = ' '.repeat(200_000);
  for (const text of [
    `password"${blanks}x`,
    `"password":${blanks},`,
    `password${blanks}x`,
    `;${blanks}pwd`,
    `'token'${blanks}`,
    'azure.key.'.repeat(20_000),
  ])
    assert.equal(redacted(text), text);
});
