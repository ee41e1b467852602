import type { Fact, ModelFact } from '@throughline/notebook-lint';
import { hostedModel } from './known-models.ts';
import type { ModelPlan } from './model-plan.ts';
import type { Setting } from './setting.ts';

/** What most hosted models take today. */
const USUAL_TOKENS = 8192;

/** An address that does not answer: no text goes anywhere before the question is answered. */
const NOWHERE = 'http://127.0.0.1:1/v1';

export function apiPlan(fact: Fact<ModelFact>, questions: readonly string[]): ModelPlan {
  const { value, origin } = fact;
  const hosted = hostedModel(value.name);
  const dimension = value.dimension ?? hosted?.dimension;
  const isOpenai = value.library === 'openai' && !value.hasUrl && value.url === undefined && !value.azure;
  // The server of Azure is asked by the deployment in the address; a name here has no spaces.
  const model = (value.name ?? 'MODEL').replace(/\s+/g, '-');
  const settings: Setting[] = [{ path: ['embed', 'model'], value: `openai:${model}`, origin, questions }];
  if (value.azure) settings.push(...azureSettings(value));
  else if (value.url !== undefined) settings.push({ path: ['embed', 'url'], value: value.url, origin });
  else if (value.urlVariable !== undefined)
    settings.push({ path: ['embed', 'url'], value: `\${${value.urlVariable}}`, origin, isVariable: true });
  else if (!isOpenai)
    settings.push({
      path: ['embed', 'url'],
      value: NOWHERE,
      questions: [
        value.library === 'openai'
          ? 'Which address? The notebook computes it.'
          : `${value.library} is asked by its own client in the notebook. Which address of it, or of a gateway, is OpenAI-compatible?`,
      ],
    });
  const variable =
    value.keyVariable ?? (isOpenai ? undefined : value.azure ? 'AZURE_OPENAI_API_KEY' : undefined);
  if (variable !== undefined && !(isOpenai && variable === 'OPENAI_API_KEY'))
    settings.push({
      path: ['embed', 'keyVariable'],
      value: variable,
      origin: value.keyVariable === undefined ? undefined : origin,
    });
  if (value.dimension !== undefined || hosted === undefined)
    settings.push({
      path: ['embed', 'dimension'],
      value: dimension ?? 1536,
      origin: value.dimension === undefined ? undefined : origin,
      questions:
        dimension === undefined ? [`How many numbers has a vector of ${value.name ?? 'the model'}?`] : [],
    });
  if (hosted === undefined) {
    const question = `How many tokens does ${value.name ?? 'the model'} take? A longer text becomes a dead letter.`;
    settings.push({ path: ['embed', 'maxTokens'], value: USUAL_TOKENS, questions: [question] });
  }
  if (value.batch !== undefined && value.batch <= 2048)
    settings.push({ path: ['embed', 'batch'], value: value.batch, origin });
  const changes = [
    {
      what: 'one request after the other -> retries, limits and a budget',
      why: 'A refused or broken request is tried again with growing pauses; what was embedded is kept and never paid for twice. embed.limits, embed.budget.',
    },
  ];
  return { settings, changes, program: undefined, maxTokens: hosted?.maxTokens, where: 'api' };
}

function azureSettings({ url, azure, name }: ModelFact): Setting[] {
  const version = azure?.version ?? '2024-02-01';
  const host =
    url === undefined || !/^https?:\/\//.test(url)
      ? undefined
      : url.replace(/[?#].*$/, '').replace(/\/+$/, '');
  const deployment = encodeURIComponent(azure?.deployment ?? name ?? 'DEPLOYMENT');
  const address = `${host ?? 'https://RESOURCE.openai.azure.com'}/openai/deployments/${deployment}/embeddings?api-version=${version}`;
  const questions = host === undefined ? ['Which resource of Azure? Its address stands in the portal.'] : [];
  return [
    { path: ['embed', 'url'], value: address, questions },
    { path: ['embed', 'keyHeader'], value: 'api-key' },
  ];
}
