/** A language model behind an OpenAI-compatible API that names themes. */
import { type Config, durationMs } from '../../config/index.ts';
import {
  DEFAULT_POLICY,
  type HttpEvent,
  type HttpResponse,
  type HttpStats,
  openHttpClient,
} from '../../http/index.ts';
import { budgetOf, keyHeaders } from '../../model/index.ts';
import type { Evidence, Named } from './evidence.ts';
import { LABEL_FORMAT, labelPrompt } from './prompt.ts';
import { readLabel } from './read-label.ts';

export type LabelConfig = NonNullable<Config['themes']['label']>;

export interface Labeller {
  /** What an answer depends on, the evidence included: equal questions are asked once. */
  question(evidence: Evidence): object;
  /** Throws what the server met, or BudgetError. */
  ask(evidence: Evidence, signal: AbortSignal): Promise<Named>;
  stats(): HttpStats;
}

const OPENAI = 'https://api.openai.com/v1';
const OPENAI_KEY = 'OPENAI_API_KEY';
/** A bound of what one answer can cost; models that think before they write need room for it. */
const MOST_TOKENS = 2_000;
const CODE_UNITS_PER_TOKEN = 3;

/** Nothing is asked yet. Throws with exit code 78 where the key, or the price of a budget, is not set. */
export function openLabeller(
  config: LabelConfig,
  env: NodeJS.ProcessEnv,
  onEvent: (event: HttpEvent) => void = () => {},
): Labeller {
  const { url, keyHeader, language } = config;
  const keyVariable = config.keyVariable ?? (url === undefined ? OPENAI_KEY : undefined);
  const headers = keyHeaders({ keyVariable, keyHeader }, env, 'themes.label.keyVariable');
  const client = openHttpClient(
    {
      ...DEFAULT_POLICY,
      ...{ timeoutMs: durationMs(config.timeout), retries: config.retries },
      budget: budgetOf(config, 'themes.label'),
    },
    onEvent,
  );
  const question = (evidence: Evidence) => ({
    model: config.model.slice('openai:'.length),
    messages: labelPrompt(evidence, language),
    response_format: LABEL_FORMAT,
    seed: 0,
    max_completion_tokens: MOST_TOKENS,
  });
  return {
    question,
    ask(evidence, signal) {
      const body = JSON.stringify(question(evidence));
      const request = {
        method: 'POST' as const,
        url: `${(url ?? OPENAI).replace(/\/+$/, '')}/chat/completions`,
        headers: { ...headers, 'content-type': 'application/json', accept: 'application/json' },
        body,
        tokens: Math.ceil(body.length / CODE_UNITS_PER_TOKEN),
      };
      return client.send(request, (response: HttpResponse) => readLabel(response), signal);
    },
    stats: () => client.stats(),
  };
}
