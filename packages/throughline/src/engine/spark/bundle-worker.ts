/** The worker from its sources, in development and when the packages are built: the only user of esbuild. */
import { fileURLToPath } from 'node:url';
import { RUNTIMES } from '../../model/runtime-versions.ts';

/**
 * `worker/main.ts` with all that it imports, as one module for Node 22. The runtimes of models stay outside: they lie beside
 * it as they are installed, and only where a model needs them. The same sources give the same bytes.
 */
export async function bundleWorker(): Promise<Uint8Array> {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('./worker/main.ts', import.meta.url))],
    // Paths in comments are relative to it.
    absWorkingDir: fileURLToPath(new URL('../../../../..', import.meta.url)),
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    external: [...RUNTIMES],
    logLevel: 'silent',
  });
  return outputFiles[0]!.contents;
}
