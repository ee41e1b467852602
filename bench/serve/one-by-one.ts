/** One question after another over one connection: what the server adds to a search, by its own clock. */
import { Agent, request } from 'node:http';

export interface OneByOne {
  /** Milliseconds. */
  p50: number;
  /** Share of a request's time that is not the search, at the median. */
  share: number;
}

export async function oneByOne(url: string, bodies: readonly string[]): Promise<OneByOne> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const times: number[] = [];
  const shares: number[] = [];
  for (const body of bodies) {
    const started = performance.now();
    const answer = await ask(url, body, agent);
    const ms = performance.now() - started;
    times.push(ms);
    shares.push((ms - (JSON.parse(answer) as { tookMs: number }).tookMs) / ms);
  }
  agent.destroy();
  return { p50: median(times), share: median(shares) };
}

function ask(url: string, body: string, agent: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const asked = request(`${url}/v1/search`, { method: 'POST', agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part) => {
        text += part;
      });
      response.once('end', () => resolve(text));
    });
    asked.once('error', reject);
    asked.end(body);
  });
}

function median(values: number[]): number {
  values.sort((a, b) => a - b);
  return values[values.length >> 1]!;
}
