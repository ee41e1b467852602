import type { Facts, FinishedRun } from '../facts.ts';
import { type Point, point } from '../point.ts';

/** Where it runs, how fast it ran, and what that cost. */
export function compute({ config, lake, spec, command }: Facts): Point[] {
  const engine = config.engine === 'local' ? 'local (this machine)' : 'Spark Connect';
  const where = point(true, `engine: ${engine}`, {
    command: command('plan'),
  });
  const mapped = lake?.finished.find(
    ({ result, build }) => result.passages > 0 && build === lake.build?.digest,
  );
  if (!mapped)
    return [where, point(false, 'no run has mapped records into what serves', { mend: command('run') })];
  return [where, speed(mapped, command), cost(mapped, { spec, command })];
}

function speed(
  { run, result, manifest: { host, stages = {} } }: FinishedRun,
  command: Facts['command'],
): Point {
  const { records, passages, embedSeconds, seconds } = result;
  const rate = embedSeconds > 0 ? `, ${Math.round(passages / embedSeconds)} passages a second` : '';
  const parts = Object.entries(stages).map(([stage, taken]) => `${stage} ${taken.toFixed(1)} s`);
  const spent = parts.length > 0 ? ` (${parts.join(', ')})` : '';
  const on = host ? ` on ${host.cores} cores` : '';
  return point(
    true,
    `run ${run}: ${records} records, ${passages} passages in ${seconds.toFixed(1)} s${on}${rate}${spent}`,
    { command: command(`runs show ${run}`) },
  );
}

function cost({ run, result }: FinishedRun, { spec, command }: Pick<Facts, 'spec' | 'command'>): Point {
  const shown = { command: command(`runs show ${run}`) };
  if (spec.model !== 'api')
    return point(true, `run ${run} asked no embedding API: it cost ${result.cost}`, shown);
  const isPriced = spec.policy.budget.pricePerMillionTokens !== undefined;
  return point(
    isPriced,
    isPriced
      ? `run ${run} cost ${result.cost} for ${result.tokens} tokens`
      : `what run ${run} cost is not known: ${result.tokens} tokens without a price`,
    { ...shown, mend: 'embed: { price: { perMillionTokens: ... } }' },
  );
}
