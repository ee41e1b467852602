/** The server as Fastify has it: plugins, hooks, routes. It listens to nothing yet. */
import { randomUUID } from 'node:crypto';
import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyRequest,
  LogController,
} from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import type { Logger } from 'pino';
import { EVENTS_PATH } from '../api/index.ts';
import { addMcp, MCP_PATH } from '../mcp/index.ts';
import { type Access, NOBODY, refuseWithin, requireScope } from './access.ts';
import { type AuthenticateOptions, authenticate } from './authenticate.ts';
import type { Handlers } from './caller.ts';
import type { Events } from './events.ts';
import { documentApi } from './openapi.ts';
import { servePage } from './page.ts';
import { failureOf, problemOf } from './problems.ts';
import { servePythonClient } from './python-client.ts';
import { addRoutes } from './routes.ts';
import type { Service } from './service.ts';
import type { Traces } from './traces.ts';

declare module 'fastify' {
  interface FastifyRequest {
    access: Access;
  }
}

export interface AppOptions extends AuthenticateOptions {
  service: Service;
  handlers: Handlers;
  events: Events;
  traces: Traces | undefined;
  logger: Logger;
  /** Whether new requests are still wanted. */
  isReady: () => boolean;
}

/** Bytes: the largest request is a search with a long query and filter. */
const MOST_BODY = 64 * 1024;
const MINUTE = 60_000;
/** By which a proxy says that it asks for others. */
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'];

export async function createApp(options: AppOptions): Promise<FastifyInstance> {
  const { service, handlers, logger } = options;
  const app: FastifyInstance = Fastify({
    loggerInstance: logger as FastifyBaseLogger,
    // Our own line for each request, and the same name of its id on every line.
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    bodyLimit: MOST_BODY,
    requestTimeout: service.timeoutMs,
    // Node takes the longer of the two for the whole request, and looks every half minute unless told.
    http: { headersTimeout: service.timeoutMs, connectionsCheckingInterval: 1_000 },
    forceCloseConnections: 'idle',
    genReqId: requestIdOf,
    routerOptions: { maxParamLength: 1_000 },
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  // A form of another site can send plain text without asking.
  app.removeContentTypeParser('text/plain');
  app.decorateRequest('access');
  reportProblems(app, service);
  observe(app, service);
  options.traces?.observe(app);
  await secure(app, options);
  await documentApi(app);
  addRoutes(app, handlers, service);
  addEvents(app, options);
  addMcp(app, handlers);
  addHealth(app, options);
  closeWhenDone(app, options);
  await servePythonClient(app);
  await servePage(app);
  return app;
}

function requestIdOf({ headers }: { headers: Record<string, string | string[] | undefined> }): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[\w-]{1,64}$/.test(given) ? given : randomUUID();
}

function reportProblems(app: FastifyInstance, { metrics }: Service): void {
  app.setErrorHandler((error, request, reply) => {
    const { problem, headers, cause } = failureOf(error, request.id);
    metrics.problem(problem.code);
    if (cause) request.log.error({ err: cause }, 'a request failed');
    reply
      .code(problem.status)
      .headers(headers)
      .type('application/problem+json')
      .send(JSON.stringify(problem));
  });
  app.setNotFoundHandler((request, reply) => {
    const detail = `there is no ${request.method} of this address`;
    const problem = problemOf(404, {
      code: 'route_missing',
      detail,
      requestId: request.id,
      hint: 'See /docs.',
    });
    reply.code(404).type('application/problem+json').send(JSON.stringify(problem));
  });
}

function observe(app: FastifyInstance, { metrics }: Service): void {
  app.addHook('onRequest', async (request, reply) => {
    request.access = NOBODY;
    reply.header('x-request-id', request.id);
  });
  app.addHook('onResponse', async (request, reply) => {
    // The route, and not the address: ids of records do not belong into metrics, nor queries into logs.
    const { method, url: route = 'none' } = request.routeOptions;
    const status = String(reply.statusCode);
    const ms = Math.round(reply.elapsedTime * 10) / 10;
    metrics.request({ method: String(method), route, status }, reply.elapsedTime / 1000);
    request.log.info({ method, route, status: reply.statusCode, ms, key: request.access.keyId }, 'answered');
  });
}

async function secure(app: FastifyInstance, { service, keyring, isLoopback }: AppOptions): Promise<void> {
  const { origins, rateLimit: perMinute } = service.loaded.config.serve;
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    // Plain HTTP on the loopback; a proxy that speaks TLS adds it.
    strictTransportSecurity: false,
    referrerPolicy: { policy: 'no-referrer' },
  });
  if (origins.length > 0)
    await app.register(cors, { origin: origins, methods: ['GET', 'POST'], exposedHeaders: ['x-request-id'] });
  app.addHook('onRequest', async (request) => {
    if (!needsAccess(request)) return;
    const { authorization, host, origin } = request.headers;
    const forwarded = FORWARDED.some((name) => request.headers[name] !== undefined);
    const credentials = { authorization, host, origin, forwarded };
    request.access = await authenticate(credentials, { keyring, isLoopback });
  });
  await app.register(rateLimit, {
    max: perMinute,
    timeWindow: MINUTE,
    hook: 'preHandler',
    keyGenerator: ({ access, ip }) => access.keyId ?? ip,
    allowList: (request) => !needsAccess(request),
  });
}

/** Everything that tells of the lake. The page, the docs and the health of the server are for anybody. */
function needsAccess({ routeOptions: { url = '' } }: FastifyRequest): boolean {
  return url.startsWith('/v1/') || url === '/metrics' || url === MCP_PATH;
}

function addEvents(app: FastifyInstance, { events }: AppOptions): void {
  app.get(EVENTS_PATH, { schema: { hide: true } }, (request, reply) => {
    requireScope(request.access, 'read');
    refuseWithin(request.access);
    const { raw } = reply;
    events.refuseMore();
    reply.hijack();
    raw.writeHead(200, {
      ...(reply.getHeaders() as Record<string, string>),
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      connection: 'close',
    });
    raw.flushHeaders();
    // Who went away meanwhile has closed already, and will not close again.
    if (raw.destroyed) return;
    const listener = events.listen(
      (text) => raw.write(text),
      () => raw.end(),
    );
    raw.on('close', listener.close);
  });
}

/** A connection that stays open after its last answer would hold up the end. */
function closeWhenDone(app: FastifyInstance, { isReady }: AppOptions): void {
  app.addHook('onSend', async (_, reply) => {
    if (!isReady()) reply.header('connection', 'close');
  });
}

function addHealth(app: FastifyInstance, { service, isReady }: AppOptions): void {
  const hidden = { schema: { hide: true } };
  app.get('/healthz', hidden, async () => ({ status: 'ok' }));
  app.get('/readyz', hidden, async (_, reply) => {
    const { version } = service.searcher.manifest;
    return isReady() ? { status: 'ready', index: version } : reply.code(503).send({ status: 'draining' });
  });
  app.get('/metrics', hidden, async (request, reply) => {
    requireScope(request.access, 'read');
    refuseWithin(request.access);
    const { registry } = service.metrics;
    return reply.type(registry.contentType).send(await registry.metrics());
  });
}
