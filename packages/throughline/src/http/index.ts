export { openHttpClient } from './client.ts';
export { openEmbeddings } from './embeddings.ts';
export { HttpError } from './errors.ts';
export { DEFAULT_POLICY } from './policy.ts';
