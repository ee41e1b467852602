import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { type VirtualTime, virtualTime } from '../../test/virtual-time.ts';
import { openHttpClient } from './client.ts';
import { BudgetError, HttpError, InvalidResponseError, TransportError } from './errors.ts';
import { DEFAULT_POLICY } from './policy.ts';
import type { Checked, HttpEvent, HttpPolicy, HttpRequest, HttpResponse } from './types.ts';

const REQUEST: HttpRequest = { method: 'POST', url: 'http://api.test/', headers: {}, tokens: 100 };
const OK = responseOf(200, 'ok');

type Reaction = HttpResponse | Error | Promise<never>;

/** A client whose server reacts to the n-th try as told; tries take `latencyMs`. */
function clientOf(
  react: (n: number, time: VirtualTime) => Reaction,
  policy: Partial<HttpPolicy> = {},
  latencyMs = 10,
) {
  const time = virtualTime();
  const events: HttpEvent[] = [];
  const tries: number[] = [];
  const client = openHttpClient({ ...DEFAULT_POLICY, ...policy }, (event) => events.push(event), {
    ...time,
    random: () => 0.5,
    transport: async (_request, _timeoutMs, signal) => {
      const n = tries.push(time.now()) - 1;
      await time.sleep(latencyMs, signal);
      const reaction = await react(n, time);
      if (reaction instanceof Error) throw reaction;
      return reaction;
    },
  });
  const send = (signal?: AbortSignal, check: (response: HttpResponse) => Checked<string> = textOf) =>
    client.send(REQUEST, check, signal);
  return { time, events, tries, client, send };
}

function responseOf(status: number, body = '', headers: Record<string, string> = {}): HttpResponse {
  return { status, headers, body: Buffer.from(body) };
}

function textOf(response: HttpResponse): Checked<string> {
  return { value: Buffer.from(response.body).toString() };
}

const types = (events: readonly HttpEvent[]) => events.map(({ type }) => type);

test('what fails and may succeed is tried again, with growing waits, each told once', async () => {
  const faults = [responseOf(503), new TransportError('connection', true, 'reset'), responseOf(500)];
  const { time, events, tries, send, client } = clientOf((n) => faults[n] ?? OK);
  assert.equal(await time.run(send()), 'ok');
  assert.deepEqual(tries, [0, 510, 1520, 3530]);
  assert.deepEqual(types(events), ['concurrency', 'retry', 'retry', 'retry']);
  assert.deepEqual(client.stats(), {
    requests: 4,
    retries: 3,
    failures: { 503: 1, connection: 1, 500: 1 },
    tokens: 200,
    money: 0,
  });
});

test('when the tries are used up, the last failure is thrown and told', async () => {
  const { time, events, tries, send } = clientOf(() => responseOf(502, 'bad gateway'));
  await assert.rejects(time.run(send()), (error: HttpError) => {
    assert.ok(error instanceof HttpError);
    assert.equal(error.attempts, 4);
    assert.deepEqual(error.failure, { kind: 'status', status: 502, body: 'bad gateway' });
    return true;
  });
  assert.equal(tries.length, 4);
  assert.equal(types(events).at(-1), 'gave-up');
});

test('a refusal is thrown at once', async () => {
  for (const status of [302, 400, 401, 403, 404, 422]) {
    const { time, tries, send, events } = clientOf(() => responseOf(status));
    await assert.rejects(time.run(send()), { code: `http_${status}`, attempts: 1 });
    assert.equal(tries.length, 1);
    assert.deepEqual(events, []);
  }
});

test('an invalid answer of status 200 is asked for again', async () => {
  const { time, send } = clientOf((n) => responseOf(200, n < 2 ? 'garbage' : 'ok'));
  const check = (response: HttpResponse) => {
    const { value } = textOf(response);
    if (value === 'garbage') throw new InvalidResponseError('garbage');
    return { value };
  };
  assert.equal(await time.run(send(undefined, check)), 'ok');
});

test('when one is told to come back later, all wait, and none comes too early', async () => {
  const { time, events, tries, send } = clientOf(
    (n) => (n === 0 ? responseOf(429, '', { 'retry-after': '30' }) : OK),
    { concurrency: { start: 1, most: 1 } },
  );
  await time.run(Promise.all(Array.from({ length: 5 }, () => send())));
  assert.ok(tries.slice(1).every((at) => at >= 30_000));
  assert.equal(tries.length, 6);
  assert.equal(events.filter(({ type }) => type === 'paused').length, 1);
});

test('no storm: of many at once only those under way meet a 429, also where it does not say how long', async () => {
  for (const headers of [{ 'retry-after': '1' }, {}]) {
    const { time, tries, send, client } = clientOf(
      (_n, { now }) => (now() < 900 ? responseOf(429, '', headers as Record<string, string>) : OK),
      { requestsPerMinute: 6000 },
    );
    await time.run(Promise.all(Array.from({ length: 200 }, () => send())));
    assert.ok((client.stats().failures[429] ?? 0) <= 12, JSON.stringify(client.stats()));
    assert.ok(tries.length <= 212);
  }
});

test('a wait that would pass the deadline is not waited', async () => {
  const { time, send } = clientOf(() => responseOf(429, '', { 'retry-after': '3600' }));
  await assert.rejects(time.run(send()), { code: 'http_429', attempts: 1 });
  assert.equal(time.now(), 10);
  await assert.rejects(time.run(send()), { code: 'http_429', attempts: 0 });
  assert.equal(time.now(), 10);
});

test('the deadline is over all tries, and ends one that hangs', async () => {
  const hang = new Promise<never>(() => {});
  const time = virtualTime();
  const client = openHttpClient({ ...DEFAULT_POLICY, deadlineMs: 5000 }, undefined, {
    ...time,
    random: () => 0.5,
    transport: (_request, _timeoutMs, signal) => time.sleep(1e9, signal).then(() => hang),
  });
  await assert.rejects(time.run(client.send(REQUEST, textOf)), { code: 'http_timeout' });
  assert.equal(time.now(), 5000);
  assert.equal(time.timers(), 0);
});

test('waiting in line for the own rate is not counted against the deadline', async () => {
  const { time, send } = clientOf(() => OK, { requestsPerMinute: 3, deadlineMs: 10_000 });
  await time.run(Promise.all(Array.from({ length: 10 }, () => send())));
  assert.ok(time.now() > 180_000);
});

test('who waits holds no place: requests go as fast as the rate, however slow each is', async () => {
  const policy = { requestsPerMinute: 600, concurrency: { start: 32, most: 32 } };
  const { time, send } = clientOf(() => OK, policy, 2500);
  await time.run(Promise.all(Array.from({ length: 600 }, () => send())));
  assert.ok(time.now() < 60_000 / 0.95 + 2500);
});

test('no more than the limit are under way', async () => {
  let [inside, most] = [0, 0];
  const time = virtualTime();
  const policy = { ...DEFAULT_POLICY, concurrency: { start: 3, most: 5 } };
  const client = openHttpClient(policy, undefined, {
    ...time,
    random: () => 0.5,
    transport: async () => {
      most = Math.max(most, ++inside);
      await time.sleep(10);
      inside--;
      return OK;
    },
  });
  await time.run(Promise.all(Array.from({ length: 100 }, () => client.send(REQUEST, textOf))));
  assert.equal(most, 5);
});

test('when the server is down, one asks alone after each pause; when it is back, all go on', async () => {
  const policy = { breaker: { failures: 4, pauseMs: 10_000 }, retries: 10 };
  const { time, tries, send, events } = clientOf(
    (_n, { now }) => (now() < 25_000 ? new TransportError('connection', false, 'refused') : OK),
    policy,
  );
  await time.run(Promise.all(Array.from({ length: 20 }, () => send())));
  const whileDown = tries.filter((at) => at > 1000 && at < 25_000);
  assert.ok(whileDown.length <= 3, String(whileDown));
  const states = events.flatMap((event) => (event.type === 'breaker' ? [event.state] : []));
  assert.equal(states[0], 'open');
  assert.equal(states.at(-1), 'closed');
});

test('when the server stays down, the one whose tries are used up speaks for all who wait', async () => {
  const policy = { breaker: { failures: 4, pauseMs: 10_000 } };
  const { time, tries, send } = clientOf(() => responseOf(500, 'down'), policy);
  const all = await time.run(Promise.allSettled(Array.from({ length: 100 }, () => send())));
  assert.ok(all.every((each) => each.status === 'rejected' && each.reason.code === 'http_500'));
  assert.ok(tries.length < 30, String(tries.length));
});

test('a budget is not exceeded by one request, and what is over it fails before it is sent', async () => {
  const { time, tries, send, events } = clientOf(() => OK, { budget: { requests: 7 } });
  const all = await time.run(Promise.allSettled(Array.from({ length: 20 }, () => send())));
  const refused = all.filter((each) => each.status === 'rejected' && each.reason instanceof BudgetError);
  assert.equal(tries.length, 7);
  assert.equal(refused.length, 13);
  assert.equal(events.filter(({ type }) => type === 'budget').length, 1);
});

test('a budget counts what the server counted', async () => {
  const { time, client, send } = clientOf(() => OK, { budget: { tokens: 250 } });
  const check = () => ({ value: 'ok', tokens: 40 });
  for (let i = 0; i < 4; i++) await time.run(send(undefined, check));
  assert.equal(client.stats().tokens, 160);
  await assert.rejects(time.run(send()), BudgetError);
});

test('the rate counts tokens, by the count of the server', async () => {
  const { time, send } = clientOf(() => OK, { tokensPerMinute: 60_000 });
  const check = () => ({ value: 'ok', tokens: 1000 }); // ten times the estimate
  await time.run(Promise.all(Array.from({ length: 60 }, () => send(undefined, check))));
  assert.ok(time.now() > 50_000, String(time.now()));
});

test('an abort ends a call wherever it waits, with its reason, and leaves nothing behind', async () => {
  const hanging = { react: () => OK, policy: {}, latencyMs: 1e6 };
  const cases = {
    try: hanging,
    backoff: { react: () => responseOf(500), policy: {}, latencyMs: 10 },
    rate: { react: () => OK, policy: { requestsPerMinute: 1 }, latencyMs: 10 },
    place: { ...hanging, policy: { concurrency: { start: 1, most: 1 } } },
    pause: { react: () => responseOf(429, '', { 'retry-after': '500' }), policy: {}, latencyMs: 10 },
  };
  for (const [name, { react, policy, latencyMs }] of Object.entries(cases)) {
    const { time, send } = clientOf(react, policy, latencyMs);
    const controller = new AbortController();
    const calls = Promise.allSettled([send(controller.signal), send(controller.signal)]);
    await time.run(time.sleep(100));
    controller.abort(new Error('enough'));
    const [, last] = await time.run(calls);
    assert.ok(last.status === 'rejected' && last.reason.message === 'enough', name);
    assert.equal(getEventListeners(controller.signal, 'abort').length, 0, name);
    assert.equal(time.timers(), 0, name);
  }
});

test('a call that was cancelled gives its place back', async () => {
  const policy = { concurrency: { start: 1, most: 1 } };
  const { time, send } = clientOf((n) => (n === 0 ? new Promise<never>(() => {}) : OK), policy, 1000);
  const controller = new AbortController();
  const first = send(controller.signal);
  const second = send();
  await time.run(time.sleep(100));
  controller.abort(new Error('enough'));
  await assert.rejects(first, /enough/);
  assert.equal(await time.run(second), 'ok');
});

test('a fault of the check is thrown, and gives the place back', async () => {
  const { time, send } = clientOf(() => OK, { concurrency: { start: 1, most: 1 } });
  const check = () => {
    throw new TypeError('a bug');
  };
  await assert.rejects(time.run(send(undefined, check)), /a bug/);
  assert.equal(await time.run(send()), 'ok');
});
