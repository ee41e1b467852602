import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configSchema } from '../config/schema.ts';
import { keptSettings } from './kept-settings.ts';

test('settings are kept, and no secret in them', () => {
  const config = configSchema.parse({
    name: 'x',
    source: {
      ...{ type: 'spark', reader: 'jdbc', text: 'body', timestamp: 'created' },
      options: { url: 'jdbc:postgresql://db/x', password: 'SECRET1' },
    },
    split: { maxTokens: 128 },
    embed: {
      ...{ model: 'openai:text-embedding-3-small', dimension: 8 },
      url: 'https://user:SECRET2@api.example.org/v1?key=SECRET3',
    },
    engine: { spark: 'sc://host:15002/;token=SECRET4' },
    index: { store: { pgvector: 'postgres://u:SECRET5@db/x' } },
    alerts: [{ slack: 'https://hooks.example.org/SECRET6' }],
    lineage: { openlineage: { url: 'https://u:SECRET7@lineage.example.org' } },
    metrics: { push: 'https://gateway.example.org/SECRET8' },
  });
  const text = JSON.stringify(keptSettings(config));
  assert.doesNotMatch(text, /SECRET/);
  const { split, source, engine } = keptSettings(config) as Record<string, Record<string, unknown>>;
  assert.equal(split!.maxTokens, 128);
  assert.deepEqual(source!.options, { url: '***', password: '***' });
  assert.equal(engine!.spark, 'sc://host:15002/');
});

test('of a topic the login is kept without user and password', () => {
  const sasl = { mechanism: 'PLAIN', username: 'SECRET1', password: 'SECRET2' };
  const source = { type: 'kafka', brokers: 'h:9092', topic: 't', id: 'kafka_key', text: 'body', sasl };
  const kept = keptSettings(configSchema.parse({ name: 'x', source })) as { source: Record<string, unknown> };
  assert.doesNotMatch(JSON.stringify(kept), /SECRET/);
  assert.deepEqual(kept.source.sasl, { mechanism: 'PLAIN', username: '***', password: '***' });
  assert.equal(kept.source.topic, 't');
  configSchema.parse(kept); // so that the run can be made again
});
