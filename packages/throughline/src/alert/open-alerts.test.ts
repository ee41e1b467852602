import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Alert } from './alert.ts';
import { decide, type OpenAlerts } from './open-alerts.ts';

const HOUR = 3_600_000;
const all = () => true;

function alert(key: string, kind: Alert['kind'] = 'quality_failed'): Alert {
  return { key, kind, title: key, happened: '', effect: '', todo: '', command: '' };
}

/** What is told, run by run. */
function told(runs: { at: number; now: Alert[]; looked?: (key: string) => boolean }[]): string[][] {
  let open: OpenAlerts = {};
  return runs.map(({ at, now, looked = all }) => {
    const decision = decide(open, now, { at, looked });
    open = decision.open;
    return [...decision.tell.map(({ key }) => key), ...decision.recovered.map((title) => `over: ${title}`)];
  });
}

test('what lasts is told once, again after a day, and when it is over', () => {
  const now = [alert('a')];
  assert.deepEqual(
    told([
      { at: 0, now },
      { at: HOUR, now },
      { at: 25 * HOUR, now },
      { at: 26 * HOUR, now },
      { at: 27 * HOUR, now: [] },
      { at: 28 * HOUR, now: [] },
      { at: 29 * HOUR, now },
    ]),
    [['a'], [], ['a'], [], ['over: a'], [], ['a']],
  );
});

test('what a run has not looked at is not over', () => {
  assert.deepEqual(
    told([
      { at: 0, now: [alert('a'), alert('b')] },
      { at: 1, now: [], looked: (key) => key === 'b' },
      { at: 2, now: [] },
    ]),
    [['a', 'b'], ['over: b'], ['over: a']],
  );
});

test('changes of themes are told once in a period, whatever runs do not look at themes meanwhile', () => {
  const change = (period: string, theme: string) =>
    alert(`themes_changed/1M/${period}/${theme}`, 'themes_changed');
  const period = (of: string) => (key: string) => !key.startsWith(`themes_changed/1M/${of}/`);
  const nowhere = () => false;
  assert.deepEqual(
    told([
      { at: 0, now: [change('may', 'T1')], looked: period('may') },
      { at: 1, now: [], looked: nowhere },
      { at: 2, now: [change('may', 'T1'), change('may', 'T2')], looked: period('may') },
      { at: 3, now: [change('may', 'T2')], looked: period('may') },
      { at: 30 * HOUR, now: [change('may', 'T1')], looked: period('may') },
      { at: 31 * HOUR, now: [change('june', 'T1')], looked: period('june') },
    ]),
    [['themes_changed/1M/may/T1'], [], ['themes_changed/1M/may/T2'], [], [], ['themes_changed/1M/june/T1']],
  );
});

test('what is about other things by now is told again', () => {
  const about = (detail: string) => ({ ...alert('chunk_failed', 'chunk_failed'), detail });
  assert.deepEqual(
    told([
      { at: 0, now: [about('a')] },
      { at: 1, now: [about('a')] },
      { at: 2, now: [about('a b')] },
    ]),
    [['chunk_failed'], [], ['chunk_failed']],
  );
});

test('what happened once is told once, and never over', () => {
  const killed = alert('run_killed/1', 'run_killed');
  assert.deepEqual(
    told([
      { at: 0, now: [killed] },
      { at: 48 * HOUR, now: [killed] },
      { at: 49 * HOUR, now: [] },
      { at: 50 * HOUR, now: [killed] },
    ]),
    [['run_killed/1'], [], [], []],
  );
});
