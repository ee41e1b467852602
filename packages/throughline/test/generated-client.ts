/** A client as a stranger would have it: made of nothing but the server's OpenAPI document, by another library. */
import { isAxiosError } from 'axios';
import { type Document, type OpenAPIClient, OpenAPIClientAxios } from 'openapi-client-axios';
import { ApiError, type Client } from '../src/api/client.ts';
import type { Problem } from '../src/api/index.ts';

type Call = (parameters: Record<string, unknown>, body?: unknown) => Promise<{ data: unknown }>;

/** With the shape of ours, so that the same tests ask by it. It knows no events: they are not part of the document. */
export async function generatedClient(url: string): Promise<Client> {
  const definition = (await (await fetch(`${url}/openapi.json`)).json()) as Document;
  const api = new OpenAPIClientAxios({
    definition,
    withServer: { url },
    axiosConfigDefaults: { adapter: 'fetch' },
  });
  const made = (await api.init()) as OpenAPIClient & Record<string, Call>;
  return {
    async call(operation: string, { params = {}, query = {}, body }: Parts = {}) {
      try {
        return (await made[operation]!({ ...params, ...query }, body)).data;
      } catch (error) {
        if (!isAxiosError(error) || !error.response) throw error;
        throw new ApiError(error.response.data as Problem, undefined);
      }
    },
    events() {
      throw new Error('events are not part of the document');
    },
  } as Client;
}

interface Parts {
  params?: Record<string, unknown>;
  query?: Record<string, unknown>;
  body?: unknown;
}
