import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, type Asked, answerTo, encode, tokensOf } from './answer.ts';
import { askedOf, isRefused, MARKS } from './asked.ts';
import { deliver, reset, sendError } from './deliver.ts';
import { type FaultKind, faultsOf, isAccident, isRefusal } from './faults.ts';
import { latencyOf } from './latency.ts';
import type { FakeApiOptions } from './options.ts';
import { openRateLimit } from './rate-limit.ts';
import { spoil } from './spoil.ts';
import type { Counter } from './stats.ts';

/** Answers one request: key, limits, what is asked, and then what the fault of its turn makes of it. */
export interface Embedder {
  answer(headers: IncomingHttpHeaders, body: string, response: ServerResponse): Promise<void>;
}

export function openEmbedder(options: FakeApiOptions, counter: Counter): Embedder {
  const nextFault = faultsOf(options);
  const nextLatency = latencyOf(options);
  const limit = openRateLimit(options);
  const started = performance.now();
  let earlier: Answer | undefined;

  const embed = (asked: Asked, fault: FaultKind | undefined) => {
    const right = answerTo(asked);
    const withMarks = { ...right, data: right.data.map((item, i) => marked(item, asked, i)) };
    const lost = isAccident(fault) || isRefusal(fault);
    const made =
      fault === undefined || lost
        ? { body: JSON.stringify(withMarks), spoiled: lost ? asked.texts.length : 0 }
        : spoil(fault, asked, withMarks, earlier);
    const spoiled = Math.min(asked.texts.length, made.spoiled + unusable(asked));
    counter.paid(asked.texts, right.usage.total_tokens, spoiled);
    if (fault === undefined) earlier = right;
    return made.body;
  };

  const refuse = (response: ServerResponse, fault: FaultKind, asked: Asked) => {
    if (fault === 'reset-before') return reset(response);
    if (fault === 'stall-before') return void embed(asked, fault); // computed, and never sent
    sendError(response, Number(fault), 'the server had an error');
  };

  return {
    answer: async (headers, body, response) => {
      counter.request();
      if (options.key !== undefined && headers.authorization !== `Bearer ${options.key}`)
        return sendError(response, 401, 'the key is not known');
      const asked = askedOf(body, options);
      const tokens = isRefused(asked) ? 0 : tokensOf(asked.texts);
      const turn = limit.admit(tokens, performance.now());
      if (!turn.admitted) return sendError(response, 429, 'too many requests', turn.headers);
      counter.admitted(performance.now() - started);
      const [fault, latencyMs] = [nextFault(), nextLatency()];
      if (latencyMs > 0) await sleep(latencyMs, undefined, { ref: false });
      if (isRefused(asked)) return sendError(response, asked.status, asked.message, turn.headers);
      if (fault !== undefined) counter.fault(fault);
      if (isRefusal(fault)) return refuse(response, fault, asked);
      deliver(response, turn.headers, embed(asked, fault), isAccident(fault) ? fault : undefined);
    },
  };
}

/** How many texts of a right answer are never embedded. */
function unusable({ texts }: Asked): number {
  return texts.filter((text) => text.includes(MARKS.nan)).length;
}

function marked(item: Answer['data'][number], { texts, dimension, encoding }: Asked, at: number) {
  if (!texts[at]!.includes(MARKS.nan)) return item;
  return { ...item, embedding: encode(new Float32Array(dimension).fill(Number.NaN), encoding) };
}
