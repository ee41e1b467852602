import { ConfigError } from '../../config/index.ts';
import { fetchModel, type ModelSpec } from '../../model/index.ts';

/** The model as it is sent to executors; that of a hub is downloaded. Throws ConfigError for one that cannot be sent. */
export async function sendable(spec: ModelSpec, file: string): Promise<ModelSpec> {
  checkSendable(spec, file);
  return spec.model === 'hub' ? await fetchModel(spec) : spec;
}

/** Throws ConfigError for a model behind an API. */
export function checkSendable(spec: ModelSpec, file: string): void {
  if (spec.model !== 'api') return;
  const what = 'an API is limited by its rate, which one machine uses up: a cluster would add nothing';
  throw new ConfigError(
    file,
    [{ message: `embed.model: ${what}` }],
    'Set engine: local, where several processes can share the chunks of one lake; or choose minilm, onnx:FOLDER, hub:ID or a command.',
  );
}
