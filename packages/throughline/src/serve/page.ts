/** The web page: files that were built into the package `@throughline/web`, and one document for all addresses of the page. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { isFile } from '../is-there.ts';

/** Addresses that are states of the page. */
const VIEWS = ['/', '/search', '/records/*', '/themes', '/themes/*', '/operations', '/operations/*'];
const YEAR = '365d';
/** From the document of the API. */
const HIDDEN = { schema: { hide: true } };
const MISSING =
  'The page is not built. In a clone of the repository: npm run build:web\nThe API is there: /docs\n';

export async function servePage(app: FastifyInstance): Promise<void> {
  const folder = pageFolder();
  if (folder === undefined || !(await isFile(join(folder, 'index.html')))) {
    app.get('/', HIDDEN, (_, reply) => reply.code(404).type('text/plain; charset=utf-8').send(MISSING));
    return;
  }
  // Names of assets hold their digest; the document names the assets of its build.
  await app.register(fastifyStatic, {
    ...{ root: join(folder, 'assets'), prefix: '/assets/' },
    ...{ immutable: true, maxAge: YEAR, index: false, schemaHide: true, preCompressed: true },
  });
  for (const view of VIEWS)
    app.get(view, HIDDEN, (_, reply) =>
      reply.header('cache-control', 'no-cache').sendFile('index.html', folder, { cacheControl: false }),
    );
  app.get('/favicon.svg', HIDDEN, (_, reply) => reply.sendFile('favicon.svg', folder));
}

/** Undefined where the package is not installed. */
function pageFolder(): string | undefined {
  try {
    return join(dirname(fileURLToPath(import.meta.resolve('@throughline/web/package.json'))), 'dist');
  } catch {
    return undefined;
  }
}
