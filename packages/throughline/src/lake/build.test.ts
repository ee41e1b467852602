import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConfig } from '../config/index.ts';
import { buildInfo } from './build.ts';

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
