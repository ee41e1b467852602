import type { Manifest } from './packages.ts';

/** Of use only in the repository. */
const DEVELOPMENT_FIELDS = ['scripts', 'devDependencies', 'private', 'files'];

/**
 * package.json as published: the exports name `dist` and its declarations instead of `src`, fields of development are gone,
 * and `files` is exactly `contents` (what lies beside it in the packed folder).
 */
export function packedManifest(manifest: Manifest, contents: readonly string[]): Record<string, unknown> {
  const kept = Object.entries(manifest).filter(([field]) => !DEVELOPMENT_FIELDS.includes(field));
  const { exports = {} } = manifest;
  const door = exports['.'];
  return {
    ...Object.fromEntries(kept),
    ...(door === undefined ? {} : { types: built(door, '.d.ts') }),
    exports: Object.fromEntries(
      Object.entries(exports).map(([name, path]) => [name, isSource(path) ? conditions(path) : path]),
    ),
    files: contents.filter((name) => name !== 'package.json'),
  };
}

function isSource(path: string): boolean {
  return path.startsWith('./src/') && path.endsWith('.ts');
}

/** `types` goes first: conditions are tried in their order. */
function conditions(path: string): Record<string, string> {
  return { types: built(path, '.d.ts'), default: built(path, '.js') };
}

function built(path: string, ending: string): string {
  return path.replace(/^\.\/src\//, './dist/').replace(/\.ts$/, ending);
}
