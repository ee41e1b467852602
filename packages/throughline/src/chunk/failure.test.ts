import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EXIT, type ExitCode, ThroughlineError } from '../error.ts';
import { reachOf } from './failure.ts';

const error = (exitCode: ExitCode, code = 'some_code') => new ThroughlineError('x', { code, exitCode });

test('what a later attempt may mend is tried later, what the rows are to blame for fails their chunk alone', () => {
  for (const exitCode of [EXIT.tryAgain, EXIT.unavailable]) assert.equal(reachOf(error(exitCode)), 'later');
  assert.equal(reachOf(error(EXIT.badData)), 'chunk');
  assert.equal(reachOf(error(EXIT.internal)), 'chunk');
});

test('what every chunk would meet ends the run', () => {
  for (const exitCode of [EXIT.cannotWrite, EXIT.permission, EXIT.config, EXIT.noInput])
    assert.equal(reachOf(error(exitCode)), 'run');
  for (const code of ['budget_exceeded', 'embedder_stopped', 'interrupted'])
    assert.equal(reachOf(error(EXIT.tryAgain, code)), 'run');
});
