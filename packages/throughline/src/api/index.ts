/** The API as data: paths and schemas. Nothing of the server; `client.ts` beside it needs neither. */
export { SCOPES, type Scope } from './about.ts';
export { EVENTS_PATH, type Operation, PATHS } from './paths.ts';
export { type Problem, problem } from './problem.ts';
export { type AnswerOf, type CheckedRequest, type RequestOf, ROUTES, type Route } from './routes.ts';
