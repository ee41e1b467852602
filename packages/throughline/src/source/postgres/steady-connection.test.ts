import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EXIT, ThroughlineError } from '../../error.ts';
import type { Connection } from './connect.ts';
import { type SteadyOptions, steadyConnection } from './steady-connection.ts';

const AWAY = new ThroughlineError('away', { code: 'source_unavailable', exitCode: EXIT.tryAgain });
const WRONG = new ThroughlineError('wrong', { code: 'source_query', exitCode: EXIT.config });

function counted(more: Partial<SteadyOptions> = {}) {
  const counts = { opened: 0, closed: 0, pauses: [] as number[] };
  const steady = steadyConnection({
    open: async () => {
      counts.opened++;
      return { [Symbol.asyncDispose]: async () => void counts.closed++ } as unknown as Connection;
    },
    sleep: async (ms) => void counts.pauses.push(ms),
    signal: new AbortController().signal,
    ...more,
  });
  return { counts, steady };
}

test('what is lost is done again on a new connection, which then is kept', async () => {
  const { counts, steady } = counted();
  let tries = 0;
  const work = async () => {
    if (++tries < 3) throw AWAY;
    return tries;
  };
  assert.equal(await steady.use(work), 3);
  assert.equal(await steady.use(work), 4);
  assert.deepEqual(counts, { opened: 3, closed: 2, pauses: [500, 1_000] });
  await steady[Symbol.asyncDispose]();
  assert.equal(counts.closed, 3);
});

test('a server that stays away is waited for one minute, and told with the code to run again', async () => {
  const { counts, steady } = counted({ open: () => Promise.reject(AWAY) });
  await assert.rejects(
    steady.use(async () => {}),
    { exitCode: EXIT.tryAgain },
  );
  assert.deepEqual(counts.pauses, [500, 1_000, 2_000, 4_000, 8_000, 16_000, 16_000, 12_500]);
});

test('what another try would not mend is told at once, and so is being stopped', async () => {
  const { counts, steady } = counted();
  await assert.rejects(
    steady.use(() => Promise.reject(WRONG)),
    { exitCode: EXIT.config },
  );
  assert.deepEqual(counts, { opened: 1, closed: 0, pauses: [] });
  const stop = new AbortController();
  const stopped = counted({ signal: stop.signal, sleep: async (_, signal) => signal.throwIfAborted() });
  await assert.rejects(
    stopped.steady.use(async () => {
      stop.abort(new Error('stopped'));
      throw AWAY;
    }),
    { message: 'stopped' },
  );
});
