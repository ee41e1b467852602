import assert from 'node:assert/strict';
import test from 'node:test';
import { ThroughlineError } from '../error.ts';
import { withoutSecrets } from './without-secrets.ts';

test('what an error says of a secret is not told, and the rest is', () => {
  const error = new ThroughlineError(
    'no answer from https://ann:hunter22hunter@example.org/v1?q=abcdefgh-1',
    {
      ...{ code: 'api_down', exitCode: 69, hint: 'Is abcdefgh-1 the key?' },
    },
  );
  const told = withoutSecrets(error, { SOME_KEY: 'abcdefgh-1', HOME: '/home/ann' });
  assert.deepEqual(
    [told.message, told.hint, told.code, told.exitCode],
    ['no answer from https://***@example.org/v1?q=***', 'Is *** the key?', 'api_down', 69],
  );
});
