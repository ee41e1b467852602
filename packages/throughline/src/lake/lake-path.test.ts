import assert from 'node:assert/strict';
import test from 'node:test';
import { isRemote, lakePath, lakeRootOf, schemeOf, splitPath } from './lake-path.ts';

test('a path starts at the folder of the config, a URL at itself', () => {
  assert.equal(lakeRootOf('/etc/pipe', './lake'), '/etc/pipe/lake');
  assert.equal(lakeRootOf('/etc/pipe', '/srv/lake'), '/srv/lake');
  assert.equal(lakeRootOf('/etc/pipe', 'file:///srv/my%20lake'), '/srv/my lake');
  assert.equal(lakeRootOf('/etc/pipe', 's3://bucket/some/prefix//'), 's3://bucket/some/prefix');
  assert.equal(lakeRootOf('/etc/pipe', 'S3A://bucket'), 's3://bucket');
});

test('only what is not of this machine is remote', () => {
  assert.deepEqual(['s3://b/p', 'gs://b', 'file:///x', '/x', 'x', 'C:\\x'].map(isRemote), [
    ...[true, true, false, false, false, false],
  ]);
  assert.equal(schemeOf('HDFS://node/x'), 'hdfs');
});

test('a place below a root is found again as its folder and its name', () => {
  assert.equal(lakePath('s3://bucket/prefix', 'builds', 'x'), 's3://bucket/prefix/builds/x');
  assert.equal(lakePath('/srv/lake', 'builds', 'x'), '/srv/lake/builds/x');
  for (const root of ['s3://bucket', 's3://bucket/a b%20', '/srv/lake'])
    assert.deepEqual(splitPath(lakePath(root, 'current.json')), { folder: root, name: 'current.json' });
});
