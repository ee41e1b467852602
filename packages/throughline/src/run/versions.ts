/** Versions of what shapes a result: the product, its runtime and the libraries that compute. */
import { readFile } from 'node:fs/promises';
import { installedVersion } from '../installed-package.ts';

const PACKAGES = ['onnxruntime-node', '@duckdb/node-api', '@huggingface/tokenizers'];

export async function packageVersions(): Promise<Record<string, string>> {
  const versions: Record<string, string> = {
    node: process.versions.node,
    throughline: await productVersion(),
  };
  for (const name of PACKAGES) versions[name] = (await installedVersion(name)) ?? 'unknown';
  return versions;
}

export async function productVersion(): Promise<string> {
  const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
