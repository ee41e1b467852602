import { type Document, isAlias, isMap } from 'yaml';

/**
 * Puts another engine into a document, and into its profile: `local`, or the address of a cluster, which keeps the other settings of
 * one. To be called before variables are replaced: those of the engine that is not used need not be set.
 */
export function overrideEngine(document: Document, profile: string | undefined, engine: string): void {
  if (!isMap(document.contents)) return;
  override(document, ['engine'], engine);
  const inProfile = ['profiles', profile, 'engine'];
  if (profile !== undefined && document.hasIn(inProfile)) override(document, inProfile, engine);
}

function override(document: Document, path: readonly unknown[], engine: string): void {
  const found = document.getIn(path, true);
  const settings = isAlias(found) ? found.resolve(document) : found;
  if (engine === 'local') document.setIn(path, engine);
  else if (isMap(settings)) settings.set('spark', engine);
  else document.setIn(path, { spark: engine });
}
