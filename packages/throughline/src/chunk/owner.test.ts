import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, thisProcess } from './owner.ts';

const hasProc = existsSync('/proc/self/stat');

test('this process is alive, and one with its id that started at another time is not it', () => {
  assert.equal(isAlive(thisProcess()), true);
  if (hasProc) assert.equal(isAlive(thisProcess().replace(/\/\d+$/, '/1')), false);
});

test('of a process on another host nobody can tell, and none survives a reboot', () => {
  const [host, boot, ...rest] = thisProcess().split('/');
  assert.equal(isAlive(['elsewhere', boot, ...rest].join('/')), undefined);
  assert.equal(isAlive([host, 'another-boot', ...rest].join('/')), false);
});

test('a killed process is dead, also while its parent has not asked after it', {
  skip: !hasProc,
}, async () => {
  // The shell becomes a process that never waits for its child: the child stays a zombie, if it ends after that.
  const parent = spawn('sh', ['-c', 'sleep 0.3 & echo $!; exec sleep 30'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [output] = await once(parent.stdout, 'data');
  const pid = String(output).trim();
  try {
    const stat = () => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
    while (stat()[0] !== 'Z') await sleep(10);
    const owner = [...thisProcess().split('/').slice(0, 3), pid, stat()[19]].join('/');
    assert.equal(isAlive(owner), false);
  } finally {
    parent.kill('SIGKILL');
  }
});
