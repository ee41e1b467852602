import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isOfficialNode, type NodeFacts, nodeFacts } from './official-node.ts';

const official: NodeFacts = {
  ...{ platform: 'linux', arch: 'x64', release: { name: 'node' }, version: 'v24.1.0', glibc: '2.28' },
  variables: { node_shared: false, node_shared_openssl: 'false', node_shared_zlib: false, icu_gyp_path: 'x' },
};

test('the official build of this architecture is taken, nothing else', () => {
  assert.equal(isOfficialNode(official, 'x64'), true);
  const others: [string, Partial<NodeFacts>][] = [
    ['another system', { platform: 'darwin' }],
    ['another architecture', { arch: 'arm64' }],
    ['another program', { release: { name: 'bun' } }],
    ['an older Node', { version: 'v20.19.0' }],
    ['a nightly', { version: 'v25.0.0-nightly2025' }],
    ['a shared library', { variables: { ...official.variables, node_shared_openssl: true } }],
    ['a shared library, as text', { variables: { ...official.variables, node_shared_zlib: 'true' } }],
    ["the system's ICU", { variables: { ...official.variables, icu_gyp_path: 'tools/icu/icu-system.gyp' } }],
    ['nothing known of libraries', { variables: {} }],
    ['another C library', { glibc: undefined }],
    ['a newer glibc', { glibc: '2.39' }],
  ];
  for (const [what, facts] of others)
    assert.equal(isOfficialNode({ ...official, ...facts }, 'x64'), false, what);
});

test('what Node says of itself is read', () => {
  const facts = nodeFacts();
  assert.equal(facts.version, process.version);
  assert.ok('node_shared_openssl' in facts.variables);
  if (process.platform === 'linux') assert.match(facts.glibc ?? 'musl', /^(2\.\d+|musl)$/);
});
