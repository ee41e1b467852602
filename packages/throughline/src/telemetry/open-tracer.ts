/** OpenTelemetry, where OTEL_EXPORTER_OTLP_ENDPOINT says to whom. */
import { setTimeout as sleep } from 'node:timers/promises';
import type * as Api from '@opentelemetry/api';
import { productVersion } from '../run/versions.ts';

/** For the last spans to be sent. */
const LAST_WORDS_MS = 2_000;

export interface OpenTracer extends AsyncDisposable {
  tracer: Api.Tracer;
  api: typeof Api;
  /** The span that the headers of a request, or the variables of whoever started this, name as the parent. */
  parentOf(carrier: unknown): Api.Context;
}

/** Undefined where no collector is configured, and then nothing of it is loaded. One that is down costs nothing but its spans. */
export async function openTracer(env: NodeJS.ProcessEnv): Promise<OpenTracer | undefined> {
  if (!env.OTEL_EXPORTER_OTLP_ENDPOINT && !env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT) return undefined;
  const [{ BasicTracerProvider, BatchSpanProcessor }, { OTLPTraceExporter }, { resourceFromAttributes }] =
    await Promise.all([
      import('@opentelemetry/sdk-trace-base'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
    ]);
  const { W3CTraceContextPropagator } = await import('@opentelemetry/core');
  const api = await import('@opentelemetry/api');
  const version = await productVersion();
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({
      'service.name': env.OTEL_SERVICE_NAME ?? 'throughline',
      'service.version': version,
    }),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  const propagator = new W3CTraceContextPropagator();
  return {
    tracer: provider.getTracer('throughline', version),
    api,
    parentOf: (carrier) => propagator.extract(api.ROOT_CONTEXT, carrier, api.defaultTextMapGetter),
    async [Symbol.asyncDispose]() {
      // A collector that does not answer must not hold up the end.
      const late = new AbortController();
      const shutDown = provider.shutdown().catch(() => {});
      await Promise.race([
        shutDown,
        sleep(LAST_WORDS_MS, undefined, { signal: late.signal }).catch(() => {}),
      ]);
      late.abort();
    },
  };
}
