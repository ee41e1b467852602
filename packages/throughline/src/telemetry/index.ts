export { openMetricsCollector } from './metrics-collector.ts';
export { openTracer } from './open-tracer.ts';
export { openRunTraces } from './run-traces.ts';
