import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConfig } from '../config/index.ts';
import { buildInfo } from './build-info.ts';

const CONFIG = `name: x
source: { type: csv, path: a.csv, text: t, filter: 't != "\${SECRET}"' }
transform:
  - sql: SELECT *, '\${SECRET}' AS s FROM input
`;

test('what is kept of a build has no value of a variable, and its digest depends on it', () => {
  const infoOf = (secret: string) =>
    buildInfo(
      parseConfig(CONFIG, 'throughline.yaml', { env: { SECRET: secret } }),
      { by: 'file' },
      { spec: { model: 'hash' }, model: { digest: 'm' }, programs: [] },
      undefined,
    );
  const info = infoOf('hunter2');
  assert.doesNotMatch(JSON.stringify(info), /hunter2/);
  assert.notEqual(info.digest, infoOf('hunter3').digest);
  assert.equal(info.digest, infoOf('hunter2').digest);
});

test('programs shape a build by what they are made of, not by the time that they may take', () => {
  const digestOf = (step: object, split: object, programs: readonly string[]) => {
    const sections = { transform: [step], split, source: { type: 'csv', path: 'a.csv', text: 't' } };
    const config = parseConfig(JSON.stringify({ name: 'x', ...sections }), 'throughline.yaml', { env: {} });
    const shaping = { spec: { model: 'hash' }, model: { digest: 'm' }, programs } as const;
    return buildInfo(config, { by: 'file' }, shaping, undefined).digest;
  };
  const [step, split] = [{ command: ['clean'] }, { command: ['split'] }];
  const digest = digestOf(step, split, ['a', 'b']);
  assert.equal(digestOf({ ...step, timeout: '5s' }, { ...split, timeout: '5s' }, ['a', 'b']), digest);
  assert.notEqual(digestOf(step, split, ['a', 'c']), digest);
  assert.notEqual(digestOf({ ...step, revision: '2' }, split, ['a', 'b']), digest);
  assert.notEqual(digestOf(step, { ...split, revision: '2' }, ['a', 'b']), digest);
});

test('how changes of a database are found shapes no table', () => {
  const digestOf = (changes: object) => {
    const source = { type: 'postgres', url: 'postgres://h/db', table: 't', id: 'id', text: 't', ...changes };
    const config = parseConfig(JSON.stringify({ name: 'x', source }), 'throughline.yaml', { env: {} });
    const shaping = { spec: { model: 'hash' }, model: { digest: 'm' }, programs: [] } as const;
    return buildInfo(config, { by: 'file' }, shaping, undefined).digest;
  };
  assert.equal(digestOf({}), digestOf({ changes: { watermark: 'updated_at', overlap: '1h' } }));
});

test('where a topic is, and who reads it, shapes no table; how its messages are read does', () => {
  const digestOf = (given: object) => {
    const source = {
      type: 'kafka',
      brokers: 'a:1',
      topic: 't',
      id: 'kafka_key',
      text: 'kafka_value',
      ...given,
    };
    const config = parseConfig(JSON.stringify({ name: 'x', source }), 'throughline.yaml', { env: {} });
    const shaping = { spec: { model: 'hash' }, model: { digest: 'm' }, programs: [] } as const;
    return buildInfo(config, { by: 'file' }, shaping, undefined).digest;
  };
  const sasl = { mechanism: 'PLAIN', username: 'u', password: 'p' };
  const elsewhere = {
    brokers: ['b:1', 'c:1'],
    topic: 'u',
    from: 'latest',
    onGap: 'skip',
    group: 'g',
    sasl,
    tls: true,
  };
  assert.equal(digestOf(elsewhere), digestOf({}));
  assert.equal(digestOf({ value: 'json' }), digestOf({}));
  assert.notEqual(digestOf({ value: 'text' }), digestOf({}));
});
