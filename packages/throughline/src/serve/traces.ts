/** OpenTelemetry traces of requests, where OTEL_EXPORTER_OTLP_ENDPOINT says to whom: a span for each, with the parts of a search in it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Span, Tracer } from '@opentelemetry/api';
import type { FastifyInstance } from 'fastify';
import { productVersion } from '../run/versions.ts';

/** For the last spans to be sent. */
const LAST_WORDS_MS = 2_000;

export interface Traces extends AsyncDisposable {
  observe(app: FastifyInstance): void;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Undefined where nobody collects traces. */
    span?: Span;
  }
}

/** Undefined where no collector is configured, and then nothing of it is loaded. */
export async function openTraces(env: NodeJS.ProcessEnv): Promise<Traces | undefined> {
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
    // A collector that is down costs nothing but its spans.
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  const tracer: Tracer = provider.getTracer('throughline', version);
  const propagator = new W3CTraceContextPropagator();
  return {
    observe(app) {
      app.addHook('onRequest', async (request) => {
        const { method, url } = request.routeOptions;
        const parent = propagator.extract(api.ROOT_CONTEXT, request.headers, api.defaultTextMapGetter);
        const attributes = { 'http.request.method': String(method), 'http.route': url ?? 'none' };
        const options = { kind: api.SpanKind.SERVER, attributes };
        request.span = tracer.startSpan(`${method} ${url ?? ''}`.trim(), options, parent);
      });
      app.addHook('onResponse', async ({ span, id }, { statusCode }) => {
        span?.setAttributes({ 'http.response.status_code': statusCode, 'throughline.request_id': id });
        if (statusCode >= 500) span?.setStatus({ code: api.SpanStatusCode.ERROR });
        span?.end();
      });
    },
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
