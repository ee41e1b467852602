import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runUuid } from './run-uuid.ts';

test('a run has one UUID of version 5, and another run another', () => {
  const uuid = runUuid('20240101T000000Z-abcdef01');
  assert.match(uuid, /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(runUuid('20240101T000000Z-abcdef01'), uuid);
  assert.notEqual(runUuid('20240101T000000Z-abcdef02'), uuid);
});
