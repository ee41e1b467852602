/** Versions of what shapes a result: the product, its runtime and the libraries that compute. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const PACKAGES = ['onnxruntime-node', '@duckdb/node-api', '@huggingface/tokenizers'];

export async function packageVersions(): Promise<Record<string, string>> {
  const versions: Record<string, string> = {
    node: process.versions.node,
    throughline: await productVersion(),
  };
  for (const name of PACKAGES) versions[name] = await versionOf(name);
  return versions;
}

export async function productVersion(): Promise<string> {
  const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** Not every package exports its package.json: it is looked for above the entry point. */
async function versionOf(name: string): Promise<string> {
  let directory = new URL('.', `file://${require.resolve(name)}`);
  for (;;) {
    const manifest = await readFile(new URL('package.json', directory), 'utf8').then(
      JSON.parse,
      () => undefined,
    );
    if (manifest?.name === name) return manifest.version;
    const parent = new URL('..', directory);
    if (parent.href === directory.href) return 'unknown';
    directory = parent;
  }
}
