import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openEventLog } from './event-log.ts';
import type { Failure } from './types.ts';

const busy: Failure = { kind: 'status', status: 429, body: '' };
const silent: Failure = { kind: 'timeout', message: 'nothing came for 30 s' };

function log() {
  const lines: string[] = [];
  let now = 0;
  const told = {
    info: (line: string) => void lines.push(`info ${line}`),
    warning: (line: string) => void lines.push(`warning ${line}`),
  };
  return { lines, log: openEventLog(told, () => now), pass: (ms: number) => (now += ms) };
}

test('frequent decisions are counted and told every ten seconds, each once', () => {
  const { lines, log: events, pass } = log();
  for (let i = 0; i < 8; i++) events.event({ type: 'retry', attempt: 1, delayMs: 5, failure: busy });
  events.event({ type: 'paused', ms: 1500 });
  assert.deepEqual(lines, []);
  pass(10_000);
  events.event({ type: 'retry', attempt: 1, delayMs: 5, failure: silent });
  assert.deepEqual(lines, [
    'info API: 8 x retried after http_429, 1 x told to wait, 1 x retried after http_timeout, 1.5 s of pauses',
  ]);
  events.flush();
  assert.equal(lines.length, 1);
});

test('what a person should know is told at once, as a warning', () => {
  const { lines, log: events } = log();
  events.event({ type: 'gave-up', attempts: 4, failure: busy });
  events.event({ type: 'breaker', state: 'open' });
  events.event({ type: 'budget', message: 'the budget of 5 requests is used up (5)' });
  events.event({ type: 'same-vector', texts: 3 });
  events.event({ type: 'breaker', state: 'closed' });
  assert.deepEqual(
    lines.map((line) => line.split(' ')[0]),
    ['warning', 'warning', 'warning', 'warning', 'info'],
  );
  assert.match(lines[0]!, /after 4 tries: status 429/);
});
