import type { Config } from '../../config/index.ts';
import { productVersion } from '../../run/versions.ts';
import { openCollectorClient } from '../collector-client.ts';
import type { Collector, TrackedRun } from '../tracked-run.ts';
import { type EventFacts, endEvent, qualityEvents, startEvent } from './events.ts';
import { sourceCode } from './source-code.ts';

/** Sends the events of a run, in order: what could not be sent when it began is tried once more when it ends. */
export function openOpenLineage(
  settings: NonNullable<NonNullable<Config['lineage']>['openlineage']>,
  env: NodeJS.ProcessEnv,
): Collector {
  const client = openCollectorClient('lineage.openlineage', settings, env);
  const send = (event: unknown) => client.post(settings.endpoint.replace(/^\/+/, ''), event);
  let facts: Promise<EventFacts> | undefined;
  let begun: Promise<boolean> | undefined;
  const factsOf = (run: TrackedRun) => {
    facts ??= gather(run);
    return facts;
  };
  const start = async (run: TrackedRun) => await send(startEvent(run, await factsOf(run)));
  return {
    begun(run) {
      begun = start(run).then(
        () => true,
        () => false,
      );
    },
    async ended(run, end) {
      if (!(await begun)) await start(run);
      const known = await factsOf(run);
      const event = await endEvent(run, end, known);
      for (const one of qualityEvents(run, end, event.outputs, known)) await send(one);
      await send(event);
    },
  };
}

async function gather({ directory, begun }: TrackedRun): Promise<EventFacts> {
  const [version, code] = await Promise.all([productVersion(), sourceCode(directory, begun?.manifest.git)]);
  return { version, code };
}
