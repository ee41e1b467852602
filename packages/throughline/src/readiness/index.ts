export { figure } from './figure.ts';
export { gather } from './gather.ts';
export { limitStates } from './limits.ts';
export { type Readiness, readinessOf } from './readiness.ts';
export { readinessHtml } from './report-html.ts';
export { readinessMarkdown } from './report-markdown.ts';
