/** A process of several that share a rate limit: asks for vectors until it is killed. Arguments: address, limit, processes. */
import { DEFAULT_POLICY, openEmbeddings, openHttpClient } from '../src/http/index.ts';

const CALLERS = 8;
const [url, requestsPerMinute, processes] = process.argv.slice(2);
const client = openHttpClient({
  ...DEFAULT_POLICY,
  requestsPerMinute: Number(requestsPerMinute),
  processes: Number(processes),
});
const embeddings = openEmbeddings({ url: url!, model: 'fake-embedding', dimension: 8 }, client);
let sent = 0;
const caller = async () => {
  for (;;) await embeddings.embed([`text ${sent++} of ${process.pid}`]);
};
await Promise.all(Array.from({ length: CALLERS }, caller));
