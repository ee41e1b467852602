import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AuthenticationError, NetworkError, ResponseError, UserError } from '@platformatic/kafka';
import { kafkaError, mayPass } from './kafka-error.ts';

const FETCH = 1;
/** As a broker answers for one partition: https://kafka.apache.org/protocol#protocol_error_codes */
const answered = (code: number) => new ResponseError(FETCH, 17, { '/responses/0': [code, null] }, {});

test('what a broker refuses is told by what a scheduler may do about it', () => {
  const refused = new NetworkError('Connection failed.', { cause: new AuthenticationError('SASL failed.') });
  const told = (error: unknown) => {
    const { code, exitCode } = kafkaError(error, ['h:9092']);
    return [code, exitCode, mayPass(error)];
  };
  assert.deepEqual(told(refused), ['source_refused', 77, false]);
  assert.deepEqual(told(answered(29)), ['source_refused', 77, false]); // TOPIC_AUTHORIZATION_FAILED
  assert.deepEqual(told(answered(3)), ['source_missing', 66, true]); // UNKNOWN_TOPIC_OR_PARTITION
  assert.deepEqual(told(new UserError('Unknown topic t.')), ['source_missing', 66, true]);
  assert.deepEqual(told(answered(23)), ['source_group', 78, false]); // INCONSISTENT_GROUP_PROTOCOL
  assert.deepEqual(told(answered(6)), ['source_unavailable', 75, true]); // NOT_LEADER_OR_FOLLOWER
  const away = new NetworkError('Connection failed.', { cause: new Error('connect ECONNREFUSED') });
  assert.deepEqual(told(away), ['source_unavailable', 75, true]);
  assert.equal(
    kafkaError(away, ['h:9092', 'i:9092']).message,
    'Kafka at h:9092, i:9092: connect ECONNREFUSED',
  );
});
