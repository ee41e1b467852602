export { openHttpClient } from './client.ts';
export { type Embedded, openEmbeddings } from './embeddings.ts';
export { HttpError } from './errors.ts';
export { DEFAULT_POLICY } from './policy.ts';
