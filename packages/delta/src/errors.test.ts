import assert from 'node:assert/strict';
import test from 'node:test';
import * as errors from './errors.ts';

test('every error is a DeltaError with its own code and the name of its class', () => {
  const made = Object.values(errors).map((Kind) =>
    Kind === errors.DeltaError
      ? new errors.DeltaError('SOME_CODE', 'text')
      : new (Kind as new (text: string) => Error)('text'),
  ) as InstanceType<typeof errors.DeltaError>[];
  assert.ok(made.every((error) => error instanceof errors.DeltaError && error.message.includes('text')));
  assert.equal(new Set(made.map((error) => error.code)).size, made.length);
  assert.deepEqual(made.map((error) => error.name).sort(), Object.keys(errors).sort());
});
