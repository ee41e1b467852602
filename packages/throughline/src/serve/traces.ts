/** OpenTelemetry traces of requests: a span for each, with the parts of a search in it. */
import type { Span } from '@opentelemetry/api';
import type { FastifyInstance } from 'fastify';
import { openTracer } from '../telemetry/index.ts';

export interface Traces extends AsyncDisposable {
  observe(app: FastifyInstance): void;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Undefined where nobody collects traces. */
    span?: Span;
  }
}

/** Undefined where no collector is configured. */
export async function openTraces(env: NodeJS.ProcessEnv): Promise<Traces | undefined> {
  const opened = await openTracer(env);
  if (!opened) return undefined;
  const { tracer, api, parentOf } = opened;
  return {
    observe(app) {
      app.addHook('onRequest', async (request) => {
        const { method, url } = request.routeOptions;
        const attributes = { 'http.request.method': String(method), 'http.route': url ?? 'none' };
        const options = { kind: api.SpanKind.SERVER, attributes };
        request.span = tracer.startSpan(`${method} ${url ?? ''}`.trim(), options, parentOf(request.headers));
      });
      app.addHook('onResponse', async ({ span, id }, { statusCode }) => {
        span?.setAttributes({ 'http.response.status_code': statusCode, 'throughline.request_id': id });
        if (statusCode >= 500) span?.setStatus({ code: api.SpanStatusCode.ERROR });
        span?.end();
      });
    },
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  };
}
