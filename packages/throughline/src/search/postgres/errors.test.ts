import assert from 'node:assert/strict';
import test from 'node:test';
import { postgresError } from './errors.ts';

const error = (code: string | undefined, message: string) => Object.assign(new Error(message), { code });
const said = (code: string | undefined, message: string) => {
  const { exitCode, code: ours } = postgresError(error(code, message), 'Postgres at db:5432/lake');
  return [exitCode, ours];
};

test('what Postgres says has an exit code and a hint', () => {
  assert.deepEqual(said('28P01', 'password authentication failed for user "a"'), [77, 'postgres_refused']);
  assert.deepEqual(said('42501', 'permission denied for schema x'), [77, 'postgres_refused']);
  assert.deepEqual(said('3D000', 'database "x" does not exist'), [78, 'postgres_missing']);
  assert.deepEqual(said('0A000', 'extension "vector" is not available'), [69, 'pgvector_missing']);
  assert.deepEqual(said('42704', 'type "vector" does not exist'), [69, 'pgvector_missing']);
  assert.deepEqual(said('42P01', 'relation "passages_1" does not exist'), [66, 'index_missing']);
  assert.deepEqual(said('53100', 'could not extend file: No space left'), [73, 'postgres_full']);
  assert.deepEqual(said('ECONNREFUSED', ''), [75, 'postgres_unavailable']);
  assert.deepEqual(said('57P03', 'the database system is starting up'), [75, 'postgres_unavailable']);
  for (const code of ['57014', '55P03', '40001', '40P01', '25P03', '53200'])
    assert.deepEqual(said(code, 'try again'), [75, 'postgres_unavailable']);
  assert.deepEqual(said('54000', 'index row size 3000 exceeds btree maximum'), [65, 'postgres_limit']);
  assert.deepEqual(said(undefined, 'Connection terminated unexpectedly'), [75, 'postgres_unavailable']);
  assert.deepEqual(said(undefined, 'The server does not support SSL connections'), [78, 'postgres_tls']);
  assert.deepEqual(said('SELF_SIGNED_CERT_IN_CHAIN', 'self-signed certificate'), [78, 'postgres_tls']);
});

test('an error without a message has its code, and what is unknown is a fault', () => {
  assert.equal(
    postgresError(error('ECONNREFUSED', ''), 'Postgres at a/b').message,
    'Postgres at a/b: ECONNREFUSED',
  );
  assert.deepEqual(said('42601', 'syntax error'), [70, 'postgres_failed']);
  assert.deepEqual(said(undefined, 'x is not a function'), [70, 'postgres_failed']);
});
