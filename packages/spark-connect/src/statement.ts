import { create } from '@bufbuild/protobuf';
import { bindParameters } from './bind-parameters.ts';
import type { Channel } from './channel.ts';
import { SparkError } from './errors.ts';
import { type Parameter, toLiteral } from './literal.ts';
import { type Relation, RelationSchema } from './protocol/spark_connect_pb.ts';

/** SQL with parameters as a session's server can take it. */
export interface Statements {
  /** The statement's relation, made when it is asked for. Throws at once for a value that no parameter can have. */
  prepare(query: string, parameters: Readonly<Record<string, Parameter>>): () => Promise<Relation>;
}

/** The first statement with parameters asks the server whether it binds them; where it does not, they are bound here. */
export function statements(channel: Channel): Statements {
  let asked: Promise<boolean> | undefined;
  return {
    prepare(query, parameters) {
      const sent = relation(query, parameters);
      if (Object.keys(parameters).length === 0) return async () => sent;
      return async () => {
        asked ??= binds(channel);
        asked.catch(() => {
          asked = undefined; // ask again next time
        });
        return (await asked) ? sent : relation(bindParameters(query, parameters), {});
      };
    },
  };
}

function relation(query: string, parameters: Readonly<Record<string, Parameter>>): Relation {
  const namedArguments = Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [
      name,
      { exprType: { case: 'literal' as const, value: toLiteral(value) } },
    ]),
  );
  return create(RelationSchema, { relType: { case: 'sql', value: { query, namedArguments } } });
}

/** Only analyses: nothing runs. */
async function binds({ service, caller, call }: Channel): Promise<boolean> {
  const root = relation('SELECT :parameter', { parameter: 1 });
  const plan = { opType: { case: 'root' as const, value: root } };
  const analyze = { case: 'schema' as const, value: { plan } };
  try {
    await call((options) => service.analyzePlan({ ...caller(), analyze }, options));
    return true;
  } catch (error) {
    if (error instanceof SparkError && error.errorClass === 'UNBOUND_SQL_PARAMETER') return false;
    throw error;
  }
}
