/** Every operation of the contract as a route: scope, checks, handler; actions of administrators are written down. */
import type { FastifyBaseLogger, FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { type CheckedRequest, type Operation, PATHS, problem, ROUTES, type Route } from '../api/index.ts';
import { asThroughlineError } from '../error.ts';
import { requireScope } from './access.ts';
import { recordAction } from './audit.ts';
import type { Caller, Handler, Handlers } from './caller.ts';
import type { Service } from './service.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    operation?: Operation;
  }
}

export function addRoutes(app: FastifyInstance, handlers: Handlers, service: Service): void {
  for (const operation of Object.keys(ROUTES) as Operation[]) {
    const route: Route = ROUTES[operation];
    const [method, url] = PATHS[operation];
    const { status = 200, params, query, body, answer, summary, tag, scope } = route;
    app.withTypeProvider<ZodTypeProvider>().route({
      ...{ method, url },
      config: { operation },
      schema: {
        ...{ operationId: operation, summary, tags: [tag], security: [{ key: [scope] }] },
        ...(params && { params }),
        ...(query && { querystring: query }),
        ...(body && { body }),
        response: { [status]: answer, default: problem.describe('What went wrong') },
      },
      // A map is columns of numbers by the hundred thousand: looking at each again would hold up everybody.
      ...(operation === 'themesMap' && { serializerCompiler: () => JSON.stringify }),
      async handler(request, reply) {
        const caller: Caller = {
          ...{ access: request.access, requestId: request.id },
          onParts: (parts) => request.span?.addEvent('search', parts),
        };
        requireScope(caller.access, scope);
        const result = await answerOf(operation, handlers, request, caller, service);
        return reply.code(status).send(result);
      },
    });
  }
}

async function answerOf(
  operation: Operation,
  handlers: Handlers,
  { params, query, body, log }: FastifyRequest,
  caller: Caller,
  service: Service,
): Promise<unknown> {
  const handler = handlers[operation] as Handler<'search'>;
  const asked = { params, query, body } as CheckedRequest<'search'>;
  const isAction = (ROUTES[operation] as Route).scope === 'admin' && PATHS[operation][0] === 'POST';
  return isAction
    ? noted(operation, () => handler(asked, caller), { caller, body, service, log })
    : handler(asked, caller);
}

async function noted<T>(
  operation: Operation,
  act: () => Promise<T>,
  { caller, body, service, log }: { caller: Caller; body: unknown; service: Service; log: FastifyBaseLogger },
): Promise<T> {
  const { access, requestId } = caller;
  const note = (outcome: string) =>
    recordAction(
      service.lake,
      { key: access.name, operation, request: JSON.stringify(body ?? {}), outcome, requestId },
      service.clock,
    );
  const result = await act().catch(async (error) => {
    // What went wrong must not be hidden by what could not be written down.
    await note(asThroughlineError(error).code).catch(() => {});
    throw error;
  });
  // What was done is done, and must not be tried again.
  await note('done').catch((error) => log.error({ err: error, operation }, 'an action is not in the audit'));
  return result;
}
