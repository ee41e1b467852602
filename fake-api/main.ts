/** Starts the fake API from a terminal, until it is interrupted. */
import { parseArgs } from 'node:util';
import { FAULTS } from './faults.ts';
import { DEFAULTS, type FakeApiOptions, parseFaults, RETRY_AFTER, type RetryAfter } from './options.ts';
import { startFakeApi } from './server.ts';

const HELP = `An OpenAI-compatible embeddings API on this machine that fails as it is told.

  npm run fake-api -- --port 8090 --seed 1 --rpm 600 --faults all=0.1

  --port N          0 takes a free one (default ${DEFAULTS.port})
  --seed N          the same requests in the same order meet the same faults (default ${DEFAULTS.seed})
  --model NAME      (default ${DEFAULTS.model})
  --dimension N     (default ${DEFAULTS.dimension})
  --key KEY         refuses requests without it
  --rpm N --tpm N   requests and tokens per minute
  --burst SECONDS   the limits' worth that may come at once (default ${DEFAULTS.burstSeconds})
  --retry-after HOW ${RETRY_AFTER.join(' | ')} (default ${DEFAULTS.retryAfter})
  --latency MEDIAN,P99   in milliseconds (default 0,0)
  --faults LIST     NAME=PROBABILITY,...; all=P is P altogether
                    ${FAULTS.slice(0, 10).join(' ')}
                    ${FAULTS.slice(10).join(' ')}

GET /stats tells what was served, charged and spoiled; GET /stats?text=TEXT how often a text was charged.
A text with [[refuse]], [[nan]] or [[crash]] in it is never embedded.`;

const { values } = parseArgs({
  options: {
    help: { type: 'boolean', default: false },
    port: { type: 'string' },
    seed: { type: 'string' },
    model: { type: 'string' },
    dimension: { type: 'string' },
    key: { type: 'string' },
    rpm: { type: 'string' },
    tpm: { type: 'string' },
    burst: { type: 'string' },
    'retry-after': { type: 'string' },
    latency: { type: 'string' },
    faults: { type: 'string' },
  },
});

if (values.help) console.log(HELP);
else {
  const api = await startFakeApi(optionsOf());
  console.log(api.url);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => api.stop());
}

function optionsOf(): Partial<FakeApiOptions> {
  const { port, seed, model, dimension, key, rpm, tpm, burst, latency, faults } = values;
  const how = values['retry-after'];
  const [medianMs, p99Ms = medianMs] = (latency ?? '0').split(',').map((part) => number('latency', part));
  return {
    ...(port !== undefined && { port: number('port', port) }),
    ...(seed !== undefined && { seed: number('seed', seed) }),
    ...(model !== undefined && { model }),
    ...(dimension !== undefined && { dimension: number('dimension', dimension) }),
    ...(key !== undefined && { key }),
    ...(rpm !== undefined && { requestsPerMinute: number('rpm', rpm) }),
    ...(tpm !== undefined && { tokensPerMinute: number('tpm', tpm) }),
    ...(burst !== undefined && { burstSeconds: number('burst', burst) }),
    ...(how !== undefined && { retryAfter: retryAfterOf(how) }),
    ...(faults !== undefined && { faults: parseFaults(faults) }),
    latency: { medianMs: medianMs!, p99Ms: p99Ms! },
  };
}

function number(name: string, text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0)) throw new RangeError(`--${name} wants a number, not "${text}"`);
  return value;
}

function retryAfterOf(text: string): RetryAfter {
  const how = RETRY_AFTER.find((each) => each === text);
  if (how === undefined) throw new RangeError(`--retry-after is one of ${RETRY_AFTER.join(', ')}`);
  return how;
}
