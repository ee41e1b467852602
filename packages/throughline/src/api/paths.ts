/** Every operation of the API, by name. Nothing but constants: the client in a browser needs no more. */
export const PATHS = {
  about: ['GET', '/v1/about'],
  search: ['POST', '/v1/search'],
  similar: ['POST', '/v1/similar'],
  record: ['GET', '/v1/records/:id'],
  passages: ['POST', '/v1/passages'],
  feedback: ['POST', '/v1/feedback'],
  themes: ['GET', '/v1/themes'],
  theme: ['GET', '/v1/themes/:id'],
  themePassages: ['GET', '/v1/themes/:id/passages'],
  themesTrends: ['GET', '/v1/themes/trends'],
  themesMap: ['GET', '/v1/themes/map'],
  themeEdits: ['GET', '/v1/themes/edits'],
  editThemes: ['POST', '/v1/themes/edits'],
  runs: ['GET', '/v1/runs'],
  run: ['GET', '/v1/runs/:id'],
  chunks: ['GET', '/v1/chunks'],
  quality: ['GET', '/v1/quality'],
  deadLetters: ['GET', '/v1/dlq'],
  retryDeadLetters: ['POST', '/v1/dlq/retry'],
  retry: ['GET', '/v1/dlq/retry'],
  index: ['GET', '/v1/index'],
  promoteIndex: ['POST', '/v1/index/promote'],
  rollBackIndex: ['POST', '/v1/index/rollback'],
  audit: ['GET', '/v1/audit'],
} as const satisfies Record<string, readonly ['GET' | 'POST', string]>;

export type Operation = keyof typeof PATHS;

/** Server-sent events: `status` (as `chunks` without the list) whenever it changes. */
export const EVENTS_PATH = '/v1/events';
