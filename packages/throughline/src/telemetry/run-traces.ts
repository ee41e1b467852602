import type { Collector } from '../lineage/index.ts';
import { openTracer } from './open-tracer.ts';

/**
 * A run as a span with one in it for each stage, sent when it has ended; of whoever started it, where TRACEPARENT says so (W3C Trace
 * Context, as command lines pass it on).
 */
export function openRunTraces(env: NodeJS.ProcessEnv): Collector {
  return {
    begun() {},
    async ended({ run, started, config }, { ended, status, result, error, intervals }) {
      await using opened = await openTracer(env);
      if (!opened) return;
      const { tracer, api, parentOf } = opened;
      const parent = parentOf({ traceparent: env.TRACEPARENT, tracestate: env.TRACESTATE });
      const attributes = {
        'throughline.pipeline': config.name,
        'throughline.run': run,
        'throughline.status': status,
        ...(result && {
          'throughline.build': result.build,
          'throughline.chunks.done': result.chunks.done,
          'throughline.chunks.failed': result.chunks.failed,
          'throughline.records': result.records,
          'throughline.passages': result.passages,
          'throughline.dead_letters': result.deadLetters,
          'throughline.embedded': result.embedded,
        }),
      };
      const span = tracer.startSpan('throughline run', { startTime: started, attributes }, parent);
      const inside = api.trace.setSpan(parent, span);
      for (const { stage, from, to } of intervals)
        tracer.startSpan(stage, { startTime: from }, inside).end(to);
      if (status !== 'done')
        span.setStatus({
          code: api.SpanStatusCode.ERROR,
          message: error?.code ?? result?.unmet[0] ?? status,
        });
      span.end(ended);
    },
  };
}
