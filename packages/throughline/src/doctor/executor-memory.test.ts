import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryFinding } from './executor-memory.ts';

const found = (settings: Record<string, string>) => memoryFinding(async (key) => settings[key]);

test('an executor with too little memory beside its heap is told how much it needs', async () => {
  const yarn = { 'spark.master': 'yarn', 'spark.executor.cores': '4', 'spark.executor.memory': '8g' };
  const { message, hint } = await found(yarn);
  assert.equal(message, 'executors of 4 cores have 819 MB beside their heap, and need 2000 MB');
  assert.match(hint!, /^Set spark\.executor\.memoryOverhead to 2000m/);
  assert.match((await found({ 'spark.master': 'k8s://https://host' })).message, /of 1 core have 384 MB/);
});

test('one that has enough is not', async () => {
  const k8s = { 'spark.master': 'k8s://https://host', 'spark.executor.cores': '2' };
  for (const size of ['2g', '2GB', '1200', '1200m', '1228800k'])
    assert.equal((await found({ ...k8s, 'spark.executor.memoryOverhead': size })).hint, undefined, size);
  assert.ok((await found({ ...k8s, 'spark.executor.memoryOverhead': '1199' })).hint);
  const share = { 'spark.executor.memory': '4g', 'spark.executor.memoryOverheadFactor': '0.4' };
  assert.match((await found({ ...k8s, ...share })).message, /have 1638 MB/);
});

test('where nothing limits it, or the cluster does not say, there is a figure and no hint', async () => {
  for (const settings of [{}, { 'spark.master': 'local[2]' }, { 'spark.master': 'spark://host:7077' }]) {
    const { message, hint } = await found(settings);
    assert.match(message, /400 MB for each core/);
    assert.equal(hint, undefined);
  }
  const silent = () => Promise.reject(new Error('this setting may not be read'));
  assert.equal((await memoryFinding(silent)).hint, undefined);
});
