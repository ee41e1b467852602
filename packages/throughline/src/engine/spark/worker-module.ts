import { readFile } from 'node:fs/promises';

/** The worker as one module: in a published package the file that lies beside this one, in development made now. */
export async function workerModule(): Promise<Uint8Array> {
  if (import.meta.url.endsWith('.js')) return readFile(new URL('./worker.mjs', import.meta.url));
  const { bundleWorker } = await import('./bundle-worker.ts');
  return bundleWorker();
}
