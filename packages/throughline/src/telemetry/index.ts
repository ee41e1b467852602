export { openMetricsCollector } from './metrics-collector.ts';
export { type OpenTracer, openTracer } from './open-tracer.ts';
export { openRunTraces } from './run-traces.ts';
