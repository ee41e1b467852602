import assert from 'node:assert/strict';
import { test } from 'node:test';
import { archOf } from './arch.ts';

test('executors are known by what uname says, and others are refused by name', () => {
  assert.equal(archOf('Linux x86_64\n'), 'x64');
  assert.equal(archOf('Linux aarch64'), 'arm64');
  const refused = { code: 'executor_unsupported', exitCode: 69, message: /"Linux riscv64"/ };
  assert.throws(() => archOf('Linux riscv64'), refused);
});
