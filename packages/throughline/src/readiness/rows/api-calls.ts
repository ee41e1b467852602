import type { Config } from '../../config/index.ts';
import type { ApiSpec } from '../../model/types.ts';
import type { Facts } from '../facts.ts';
import { type Point, point } from '../point.ts';

/** Whether requests to APIs are bounded in time, number and money, and tried again. */
export function apiCalls({ config, spec }: Facts): Point[] {
  const { label } = config.themes;
  const { rerank } = config.search;
  return [
    ...(spec.model === 'api' ? ofModel(spec, config.embed) : [ofThisMachine(spec.model)]),
    ...(label === undefined ? [] : ofLabels(label)),
    ...(rerank?.model === undefined ? [] : [ofRerank(rerank)]),
  ];
}

function ofThisMachine(model: string): Point {
  return point(
    true,
    model === 'command'
      ? 'embed.command: a program of your own embeds; what it calls is its own affair'
      : `embed.model: ${model} runs on this machine; embedding calls no API`,
  );
}

function ofModel({ policy, name }: ApiSpec, { limits, requests }: Config['embed']): Point[] {
  const { requestsPerMinute: rpm, tokensPerMinute: tpm, budget, timeoutMs, retries, deadlineMs } = policy;
  const hasLimit = rpm !== undefined || tpm !== undefined;
  return [
    point(
      true,
      `openai:${name}: a request is given up after ${timeoutMs / 1000} s, all of its tries after ${deadlineMs / 1000} s; a breaker opens after ${requests.breaker.failures} failures in a row`,
    ),
    point(
      retries > 0,
      retries > 0
        ? `embed.requests.retries: ${retries}, the first after at most ${requests.wait}, doubled up to ${requests.longestWait}`
        : 'a request that fails is not tried again',
      { mend: 'embed: { requests: { retries: 3 } }' },
    ),
    budgetPoint(budget, 'embed'),
    point(
      hasLimit,
      hasLimit
        ? `embed.limits: ${[rpm && `rpm ${rpm}`, tpm && `tpm ${tpm}`].filter(Boolean).join(', ')}, at most ${limits.concurrency} requests at once`
        : 'no rate limit of the API is set',
      { mend: 'embed: { limits: { rpm: ..., tpm: ... } }' },
    ),
  ];
}

function ofLabels({ model, retries, timeout, budget }: NonNullable<Config['themes']['label']>): Point[] {
  return [
    point(
      retries > 0,
      retries > 0
        ? `themes.label: ${model} gives names, tried ${retries + 1} times, ${timeout} each; without an answer keywords stay`
        : `themes.label: ${model} is not asked again where it fails`,
      { mend: 'themes: { label: { retries: 3 } }' },
    ),
    budgetPoint(budget, 'themes.label'),
  ];
}

/** Asked by searches, not by runs: without an answer in time the order stays, so that nothing hangs on it. */
function ofRerank({ model, timeout, retries }: NonNullable<Config['search']['rerank']>): Point {
  return point(true, `search.rerank: ${model}, given up after ${timeout}, tries after the first: ${retries}`);
}

function budgetPoint(
  budget: { requests?: number | undefined; tokens?: number | undefined; money?: number | undefined },
  section: string,
): Point {
  const bounds = (['money', 'tokens', 'requests'] as const).filter((name) => budget[name] !== undefined);
  return point(
    bounds.length > 0,
    bounds.length > 0
      ? `${section}.budget: ${bounds.map((name) => `${name} ${budget[name]}`).join(', ')}`
      : `${section}: nothing bounds what a run may spend`,
    {
      mend:
        section === 'embed'
          ? 'embed: { budget: { money: 5 }, price: { perMillionTokens: ... } }'
          : 'themes: { label: { budget: { requests: 500 } } }',
    },
  );
}
