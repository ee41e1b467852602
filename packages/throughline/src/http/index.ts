export { askApart } from './apart.ts';
export { openHttpClient } from './client.ts';
export { type DownloadOptions, download } from './download.ts';
export { type EmbeddingsEvent, openEmbeddings, type TextFailure } from './embeddings.ts';
export { HttpError, InvalidResponseError } from './errors.ts';
export { openEventLog } from './event-log.ts';
export { DEFAULT_POLICY } from './policy.ts';
export { HARMLESS } from './text-fault.ts';
export type { HttpEvent, HttpPolicy, HttpResponse, HttpStats } from './types.ts';
