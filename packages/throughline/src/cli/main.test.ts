import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultContext } from './context.ts';
import { main } from './main.ts';
import type { Terminal } from './terminal.ts';

const QUIET: Terminal = {
  interactive: false,
  print: () => {},
  log: () => {},
  status: () => {},
  clearStatus: () => {},
  style: (_, text) => text,
};

test('wrong use ends with 64, of commands and of commands below commands', async (t) => {
  const context = { ...defaultContext(), terminal: QUIET };
  t.mock.method(process.stderr, 'write', () => true);
  for (const args of [
    ['nonsense'],
    ['search'],
    ['run', '--sample', 'many'],
    ['run', '--engine', 'spark'],
    ['plan', '--engine', 'sc://'],
    ['dlq', 'list', '--nonsense'],
    ['dlq', 'list', '--limit', '0'],
    ['lake', 'history', '--table', 'nonsense'],
    ['lake', 'nonsense'],
    ['eval', 'search'],
    ['themes', 'show'],
  ])
    assert.equal(await main(args, context), 64, args.join(' '));
});
