import assert from 'node:assert/strict';
import test from 'node:test';
import { StoreError, type StoreFailure } from '@throughline/delta';
import { asThroughlineError, EXIT, type ExitCode } from './error.ts';

test('what a store refused ends with the code that a scheduler acts on, also below another error', () => {
  const codes: Record<StoreFailure, ExitCode> = {
    'access-denied': EXIT.permission,
    credentials: EXIT.permission,
    'not-found': EXIT.noInput,
    region: EXIT.config,
    unreachable: EXIT.tryAgain,
    unavailable: EXIT.tryAgain,
    failed: EXIT.tryAgain,
  };
  for (const [reason, exitCode] of Object.entries(codes)) {
    const error = new StoreError('s3://bucket/x: why', reason as StoreFailure);
    for (const thrown of [error, new Error('while reading', { cause: error })]) {
      const told = asThroughlineError(thrown);
      assert.equal(told.exitCode, exitCode, reason);
      assert.ok(told.hint, reason);
    }
  }
  const { code, message } = asThroughlineError(new StoreError('s3://bucket/x: why', 'access-denied'));
  assert.deepEqual([code, message], ['store_failed_access_denied', 's3://bucket/x: why']);
});

test('an error that nobody knows is internal, and has its cause', () => {
  const error = new Error('odd');
  const told = asThroughlineError(error);
  assert.deepEqual([told.exitCode, told.code, told.cause], [EXIT.internal, 'internal', error]);
});
