export { openMetricsCollector } from './metrics-collector.ts';
export { openTracer } from './open-tracer.ts';
export { openRunTraces } from './run-traces.ts';
export { type StreamFigures, tellStreams } from './stream-metrics.ts';
